# ferrite_fresh TOP: whether nothing that goes into dist is newer than the start of its last build.
# Sourced by bash. A file that went away shows as a newer folder.
ferrite_fresh() {
    [ -e "$1/dist/lib/built" ] || return 1
    local sources=("$1/pom.xml" "$1/scripts" "$1/spec/src/generator") module
    for module in base spec memory resp store engine durability coordination node net client \
        server; do
        [ ! -e "$1/$module/pom.xml" ] || sources+=("$1/$module/pom.xml")
        [ ! -d "$1/$module/src/main" ] || sources+=("$1/$module/src/main")
    done
    [ -z "$(find "${sources[@]}" -newer "$1/dist/lib/built" -print -quit)" ]
}
