#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# What quickstart does about packages, with stand-ins for the package managers: nothing of this machine is asked or changed.
set -u
source_tree=$(cd "${top_srcdir:-.}" && pwd)
dir=$(mktemp -d "${TMPDIR:-/tmp}/cmcw-quickstart-XXXXXX") || exit 1
trap 'rm -rf "$dir"' EXIT
failed=0
unset CI CMCW_CONFIGURE

# A PATH of stand-ins and the plain commands that the script may use.
fresh() {
    rm -rf "$dir/bin" "$dir/tree" "$dir/installed" "$dir/calls"
    mkdir -p "$dir/bin" "$dir/tree/m4" "$dir/tree/po"
    cp "$source_tree/quickstart" "$dir/tree/"
    for name in sh dirname env cut tr grep sed mkdir cat find head tail getconf chmod rm readlink touch; do
        ln -s "$(command -v "$name")" "$dir/bin/$name"
    done
    : > "$dir/calls"
    : > "$dir/installed"
    user 0
}

# put NAME LINES...: a stand-in.
put() {
    name=$1
    shift
    { echo '#!/bin/sh'; printf '%s\n' "$@"; } > "$dir/bin/$name"
    chmod +x "$dir/bin/$name"
}

user() {
    put id "echo $1"
}

debian() {
    put dpkg-query "grep -qx \"\$4\" '$dir/installed' && echo installed"
    put apt-cache "[ \"\$2\" = slapd ] && echo '  Candidate: (none)' || echo '  Candidate: 1'"
    put apt-get "echo \"apt-get \$*\" >> '$dir/calls'" 'for word; do case $word in -*|install|update) ;; *) echo "$word" >> '"'$dir/installed'"' ;; esac; done'
}

fedora() {
    put rpm "for last; do :; done; grep -qx \"\$last\" '$dir/installed'"
    put dnf "echo \"dnf \$*\" >> '$dir/calls'" 'case $* in *list*) exit 0 ;; esac' \
        'for word; do case $word in -*|install) ;; *) echo "$word" >> '"'$dir/installed'"' ;; esac; done'
}

# run STATUS WHAT: ./quickstart packages
run() {
    (cd "$dir/tree" && PATH=$dir/bin sh ./quickstart packages) > "$dir/said" 2>&1 < /dev/null
    status=$?
    if [ "$status" != "$1" ]; then
        echo "$2: exit code $status, not $1"
        cat "$dir/said"
        failed=1
    fi
}

# has FILE PATTERN WHAT, hasnt FILE PATTERN WHAT
has() {
    if ! grep -Eq -e "$2" "$dir/$1"; then
        echo "$3: no \"$2\" in:"
        cat "$dir/$1"
        failed=1
    fi
}

hasnt() {
    if grep -Eq -e "$2" "$dir/$1"; then
        echo "$3: \"$2\" in:"
        cat "$dir/$1"
        failed=1
    fi
}

fresh
debian
run 0 "Debian, root"
has said "installing with apt-get install -y --no-install-recommends gcc .*libnss3-dev" "says what it installs"
has calls "^apt-get .*install --no-install-recommends gcc .*libcurl4-openssl-dev .*libcmocka-dev" "installs"
hasnt calls " slapd" "a package that no one offers is left out"
has said "no slapd" "says what is left out"
: > "$dir/calls"
touch "$dir/tree/build/Makefile"
run 0 "Debian, second run"
hasnt calls "install" "a second run installs nothing"
[ -f "$dir/tree/build/Makefile" ] || { echo "a second run configures again"; failed=1; }
grep -vx libcmocka-dev "$dir/installed" > "$dir/fewer"
mv "$dir/fewer" "$dir/installed"
run 0 "Debian, one package more"
[ ! -f "$dir/tree/build/Makefile" ] || { echo "what was configured without a package stays so"; failed=1; }

fresh
debian
printf 'libcurl4-gnutls-dev\nclang\n' > "$dir/installed"
run 0 "Debian, another libcurl and compiler"
hasnt calls "libcurl4|gcc" "what is there in another form is enough"

fresh
debian
user 1000
run 4 "Debian, neither root nor sudo"
has said "^  apt-get install -y --no-install-recommends gcc .*libnss3-dev" "prints the one command"
hasnt calls . "does nothing else"

fresh
debian
user 1000
put apt-cache 'exit 0'
run 4 "Debian without package lists, neither root nor sudo"
has said "^  apt-get update && apt-get install -y --no-install-recommends gcc .*libcmocka-dev" "names the packages of the tests, too"
hasnt said "offers no" "does not say what nobody can know"

fresh
debian
user 1000
put sudo "echo \"sudo \$*\" >> '$dir/calls'" '[ "$1" = -n ] && shift' 'exec "$@"'
put true 'exit 0'
run 0 "Debian, sudo"
has calls "^sudo env DEBIAN_FRONTEND=noninteractive apt-get .*install" "installs with sudo"

fresh
debian
put apt-get 'echo "E: no network"' 'exit 100'
run 1 "Debian, apt-get fails"
has said "no network" "shows the end of the output"

fresh
fedora
run 0 "Fedora, root"
has said "installing with dnf install -y .*gcc .*nss-devel" "says what it installs"
has calls "^dnf install -y .*nss-devel .*libcmocka-devel" "installs"
: > "$dir/calls"
run 0 "Fedora, second run"
hasnt calls "install -y" "a second run installs nothing"

fresh
fedora
user 1000
run 4 "Fedora, neither root nor sudo"
has said "^  dnf install -y .*nss-devel" "prints the one command"

fresh
run 0 "neither apt-get nor dnf"
has said "neither apt-get nor dnf" "says so"

touch "$dir/tree/configure" "$dir/tree/m4/cmcw-flags.m4" "$dir/tree/m4/iconv.m4"
(cd "$dir/tree" && PATH=$dir/bin sh ./quickstart clean) > "$dir/said" 2>&1
left=$(cd "$dir/tree" && find . -type f | sort | tr '\n' ' ')
[ "$left" = "./m4/cmcw-flags.m4 ./quickstart " ] || { echo "clean left: $left"; failed=1; }
(cd "$dir/tree" && PATH=$dir/bin sh ./quickstart unknown) > "$dir/said" 2>&1
[ $? = 4 ] || { echo "an unknown command is not a usage error"; failed=1; }
exit "$failed"
