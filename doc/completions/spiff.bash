# Completion of spiff's programs for bash. The flags and their arguments are those that -h
# prints; spiff-env says where the trees, the spool and the repository are.

# _spiff_setting NAME: the setting's value
_spiff_setting() {
	spiff-env 2>/dev/null | sed -n "s/^$1=\(.*\)\t.*/\1/p"
}

# _spiff_trees PATTERN: the names of what fits the pattern in each tree
_spiff_trees() {
	local dir
	_spiff_setting SPIFF_DISTDIR | tr : '\n' | while read -r dir; do
		compgen -G "$dir/$1"
	done | sed 's|.*/||'
}

# _spiff_arches: those that the trees have profiles of
_spiff_arches() {
	_spiff_trees 'common/*-profiles/*.sh' | sed 's/\.sh$//; /^bootstrap$/d'
}

# _spiff_jobs: those of the spool
_spiff_jobs() {
	compgen -G "$(_spiff_setting SPIFF_SPOOL)/[nwrbdfc]*/*" |
		sed -n '/\.reason$/d; s|.*/\([^/]*-[^/-]*_[0-9]*\.[^./]*\)$|\1|p'
}

# _spiff_indexed: the packages of the repository
_spiff_indexed() {
	spiff-index -l 2>/dev/null | sed -n 's/^\([^\t]*\)-[^-\t]*\t.*/\1/p'
}

# _spiff_older: the pkgvers of the repository that have a file
_spiff_older() {
	compgen -G "$(_spiff_setting SPIFF_REPO)/*.xbps" |
		sed 's|.*/||; s/\.[^.]*\.xbps$//'
}

_spiff() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} help arg words
	help=$("$1" -h 2>/dev/null)
	arg=
	[[ $prev != -? ]] ||
		arg=$(sed -n "s/^  $prev \([a-z][a-z]*\) .*/\1/p" <<<"$help")
	words=
	case ${1##*/}:$arg:$cur in
	*:dir:* | *:repo:* | *:spool:*)
		mapfile -t COMPREPLY < <(compgen -d -- "$cur")
		return
		;;
	*:arch:* | *:host:*) words=$(_spiff_arches) ;;
	*:builder:*) words=$(sed -n "s/^  $prev builder *\(.*\) or /\1 /p" <<<"$help") ;;
	*:pkg:*) words=$(_spiff_trees 'srcpkgs/*') ;;
	*:[a-z]*:*) ;;
	*::-*) words=$(sed -n 's/^  \(-.\) .*/\1/p' <<<"$help") ;;
	spiff-bump:* | spiff-deps:* | spiff-enqueue:*) words=$(_spiff_trees 'srcpkgs/*') ;;
	spiff-status:*) words=$(_spiff_jobs) ;;
	spiff-index:*)
		case " ${COMP_WORDS[*]:1:COMP_CWORD-1} " in
		*' -'*d*) words=$(_spiff_indexed) ;;
		*' -'*u*) words=$(_spiff_older) ;;
		esac
		;;
	esac
	# compgen expands words, which are no shell's
	words=$(tr -cd 'A-Za-z0-9_.+:~@ \n-' <<<"$words")
	mapfile -t COMPREPLY < <(compgen -W "$words" -- "$cur" | sort -u)
}

complete -o default -F _spiff spiff-bump spiff-clean spiff-deps spiff-enqueue \
	spiff-env spiff-index spiff-run spiff-status
