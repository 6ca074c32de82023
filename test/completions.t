#!/bin/sh
# Completions of shells, and what they ask for: -h and -V of every program.
. "$(dirname "$0")/lib/lib.sh"

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
if command -v fish >/dev/null; then
	HOME=$work fish -c "source $top/doc/completions/spiff.fish
		complete -C 'spiff-clean -'; complete -C 'spiff-deps hel'" \
		>out 2>err
	is 'fish: flags' "$(grep -c '^-[Ddjns]' out)" 5
	has 'packages' out hello
else
	skip 'fish' 'no fish'
fi
if command -v zsh >/dev/null; then
	check 'zsh: reads the file' zsh -n "$top/doc/completions/_spiff"
else
	skip 'zsh' 'no zsh'
fi
plan
