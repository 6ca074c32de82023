# Completion of spiff's programs for bash. The flags are those that -h prints, the
# packages those of the trees: spiff-env says where the trees are.

# _spiff_packages: the names below srcpkgs/ of every tree
_spiff_packages() {
	local dir
	spiff-env 2>/dev/null | sed -n 's/^SPIFF_DISTDIR=\(.*\)\t.*/\1/p' | tr : '\n' |
		while read -r dir; do
			(cd "$dir/srcpkgs" 2>/dev/null && printf '%s\n' *)
		done
}

_spiff() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} help arg
	help=$("$1" -h 2>/dev/null)
	arg=
	[[ $prev != -? ]] ||
		arg=$(sed -n "s/^  $prev \([a-z][a-z]*\) .*/\1/p" <<<"$help")
	case ${1##*/}:$arg:$cur in
	*:dir:* | *:repo:* | *:spool:*)
		mapfile -t COMPREPLY < <(compgen -d -- "$cur")
		;;
	*:[a-z]*:*) ;;
	*::-*)
		mapfile -t COMPREPLY < <(compgen -W \
			"$(sed -n 's/^  \(-.\) .*/\1/p' <<<"$help")" -- "$cur")
		;;
	spiff-bump:* | spiff-deps:* | spiff-enqueue:* | spiff-status:*)
		mapfile -t COMPREPLY < <(compgen -W "$(_spiff_packages)" -- "$cur")
		;;
	esac
}

complete -o default -F _spiff spiff-bump spiff-clean spiff-deps spiff-enqueue \
	spiff-env spiff-index spiff-run spiff-status
