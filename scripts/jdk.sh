# Finds the JDK that Ferrite is built with and runs on. Sourced by POSIX shells; starts no process.
#
# ferrite_find_java sets FERRITE_JAVA_HOME and returns 0, or returns 1 when there is none.
# The order: JAVA_HOME, the folder handed in, PATH, the folders where systems install JDKs.
# A folder counts by what its "release" file says, so asking costs no start of a JVM.

FERRITE_JAVA_RELEASE=25

ferrite_is_wanted_java() {
    [ -x "$1/bin/java" ] && [ -r "$1/release" ] || return 1
    while read -r ferrite_line; do
        case $ferrite_line in
            "JAVA_VERSION=\"$FERRITE_JAVA_RELEASE"[.+\"-]*) return 0 ;;
            "JAVA_VERSION=\"$FERRITE_JAVA_RELEASE\"") return 0 ;;
        esac
    done < "$1/release"
    return 1
}

ferrite_find_java() {
    FERRITE_JAVA_HOME=
    for ferrite_dir in "${JAVA_HOME:-}" "${1:-}"; do
        if [ -n "$ferrite_dir" ] && ferrite_is_wanted_java "$ferrite_dir"; then
            FERRITE_JAVA_HOME=$ferrite_dir
            return 0
        fi
    done
    ferrite_ifs=$IFS
    IFS=:
    set -f
    for ferrite_dir in $PATH; do
        if [ -x "$ferrite_dir/java" ]; then
            # PATH mostly holds a link; the JDK's own folder is where the link ends.
            ferrite_dir=$(readlink -f "$ferrite_dir/java") || continue
            ferrite_dir=${ferrite_dir%/bin/java}
            if ferrite_is_wanted_java "$ferrite_dir"; then
                FERRITE_JAVA_HOME=$ferrite_dir
                break
            fi
        fi
    done
    set +f
    IFS=$ferrite_ifs
    [ -z "$FERRITE_JAVA_HOME" ] || return 0
    for ferrite_dir in /usr/lib/jvm/* /usr/java/* /opt/java/* /opt/jdk* /usr/local/jdk* \
        /usr/local/lib/jvm/* "${HOME:-/nonexistent}"/.sdkman/candidates/java/* \
        "${HOME:-/nonexistent}"/.jdks/* \
        /Library/Java/JavaVirtualMachines/*/Contents/Home; do
        if ferrite_is_wanted_java "$ferrite_dir"; then
            FERRITE_JAVA_HOME=$ferrite_dir
            return 0
        fi
    done
    return 1
}

ferrite_no_java() {
    cat >&2 <<END
ferrite: no JDK $FERRITE_JAVA_RELEASE found, and Ferrite needs one.
Looked at JAVA_HOME (${JAVA_HOME:-not set}), PATH and the usual folders such as /usr/lib/jvm.
Install one, for example with   apt-get install temurin-$FERRITE_JAVA_RELEASE-jdk
                           or   apt-get install openjdk-$FERRITE_JAVA_RELEASE-jdk-headless
or unpack any JDK $FERRITE_JAVA_RELEASE and set JAVA_HOME to its folder.
END
}
