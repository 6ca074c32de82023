#!/bin/sh
# Completions of shells, and what they ask for: -h and -V of every program.
. "$(dirname "$0")/lib/lib.sh"
. "$test/lib/pkg.sh"

SPIFF_DISTDIR=$test/void-packages
export SPIFF_DISTDIR
programs=$(cd "$top/bin" && echo spiff-*.c | sed 's/\.c//g')

for p in $programs; do
	exits 0 "$p -h" "$p" -h
	has 'says how it is used' out "usage: $p"
	exits 0 "$p -V" "$p" -V
	is 'says the version' "$(cat out)" \
		"spiff $(sed -n 's/^VERSION = //p' "$top/Makefile")"
	exits 2 "$p -?" "$p" '-?'
done

for p in $(cd "$top/bin" && grep -l '^#!/bin/sh' spiff-*); do
	exits 2 "$p -h" "$p" -h
	is 'a script says how it is used, and nothing else' \
		"$(sed '/^       /d; s/^\(usage: [^ ]*\).*/\1/' err)" "usage: $p"
done
exits 2 'an operand where there is none' spiff-rebuild x
has 'says so too' err 'usage: spiff-rebuild'

# in bash: COMPREPLY after the words
cat >complete.bash <<END
. "$top/doc/completions/spiff.bash"
COMP_WORDS=("\$@") COMP_CWORD=\$((\$# - 1))
_spiff "\$1"
printf '%s\n' "\${COMPREPLY[@]}" | sort | tr '\n' ' '
END
is 'bash: flags' "$(bash complete.bash spiff-clean -)" '-D -V -d -h -j -n -s '
is 'packages' "$(bash complete.bash spiff-deps hel)" 'hello '
mkdir -p trees/one trees/two
is 'directories' "$(bash complete.bash spiff-clean -D trees/)" \
	'trees/one trees/two '
is 'nothing for a number' "$(bash complete.bash spiff-clean -d h)" ' '
is 'architectures' "$(bash complete.bash spiff-enqueue -a aarch)" 'aarch64 aarch64-musl '
is 'builders' "$(bash complete.bash spiff-run -b '')" 'local nomad '
is "a flag's package" "$(bash complete.bash spiff-deps -w hel)" 'hello '
spool
: >spool/run/lamp-1.0_1.x86_64
: >spool/fail/lens-2_1.x86_64
: >spool/fail/lens-2_1.x86_64.reason
: >'spool/new/l$(touch expanded)-1_1.x86_64'
is 'jobs' "$(bash complete.bash spiff-status le)" 'lens-2_1.x86_64 '
check 'whose names are not expanded' [ ! -e expanded ]
is 'packages for its question' "$(bash complete.bash spiff-status -y hel)" 'hello '
mkdir repo
(
	cd repo || exit
	pkg gone-1_1 x86_64
	pkg kept-devel-1_1 x86_64
	spiff-index -a ./*.xbps >/dev/null
)
is 'packages of the index' "$(SPIFF_ARCH=x86_64 bash complete.bash spiff-index -d '')" \
	'gone kept-devel '
is 'versions that can come back' "$(bash complete.bash spiff-index -u ke)" 'kept-devel-1_1 '
if command -v fish >/dev/null; then
	HOME=$work SPIFF_ARCH=x86_64 fish -c "source $top/doc/completions/spiff.fish
		complete -C 'spiff-clean -'; complete -C 'spiff-deps hel'
		complete -C 'spiff-run -b '; complete -C 'spiff-enqueue -a aarch'
		complete -C 'spiff-status le'; complete -C 'spiff-index -d ke'" \
		>out 2>err
	is 'fish: flags' "$(grep -c '^-[Ddjns]' out)" 5
	for w in hello nomad aarch64-musl lens-2_1.x86_64 kept-devel; do
		check "fish: $w" grep -q "^$w\>" out
	done
else
	skip 'fish' 'no fish'
fi
if command -v zsh >/dev/null; then
	check 'zsh: reads the file' zsh -n "$top/doc/completions/_spiff"
else
	skip 'zsh' 'no zsh'
fi
plan
