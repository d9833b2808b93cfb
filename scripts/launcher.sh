#!/bin/sh
# Starts one role of Ferrite. The role is the end of this file's name: ferrite-server runs "server".
#
# Ends in exec, so the id of this process is the server's own to the end. Works from any folder
# and through symbolic links. Asks nothing of the system that it can do in the shell.
#
#   JAVA_HOME           a JDK or JRE 25 to use instead of the one that Ferrite was built with
#   FERRITE_HEAP        the Java heap (data lives outside of it), for example 512m
#   FERRITE_JAVA_OPTS   more options for the Java virtual machine; the last of two wins

self=$0
case $self in */*) ;; *) self=./$self ;; esac
while [ -h "$self" ]; do
    link=$(readlink "$self")
    case $link in
        /*) self=$link ;;
        *) self=${self%/*}/$link ;;
    esac
done
role=${self##*/ferrite-}
lib=$(cd "${self%/*}/../lib" && pwd -P) || exit 1

# What the build wrote: java_home (that made the cache) and class_path, in the cache's order.
. "$lib/built.sh"

if [ -z "${JAVA_HOME:-}" ] && [ -x "$java_home/bin/java" ]; then
    java=$java_home/bin/java
else
    . "$lib/jdk.sh"
    if ! ferrite_find_java "$java_home"; then
        ferrite_no_java
        exit 1
    fi
    java=$FERRITE_JAVA_HOME/bin/java
fi

# What the machine itself has to say goes to stderr: stdout is the server's log.
set -- -Xlog:disable -Xlog:all=error:stderr @FLAGS@ \
    -Xmx"${FERRITE_HEAP:-@HEAP@}" ${FERRITE_JAVA_OPTS:-} -Dferrite.program="$0" \
    -cp "$class_path" io.ferrite.server.Main "$role" "$@"

# Another machine than the one that made the cache would refuse it, noisily.
if [ "$java" = "$java_home/bin/java" ] && [ -r "$lib/ferrite.aot" ]; then
    exec "$java" -XX:AOTCache="$lib/ferrite.aot" "$@"
fi
exec "$java" "$@"
