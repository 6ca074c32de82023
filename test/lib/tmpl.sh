# What the tests of tree/tmpl share: sourced by them after lib.sh. Makes a tree of
# their own.
# shellcheck shell=sh disable=SC2154

# root evaluates as nobody what nobody can read
chmod 755 .
cp -R "$test/void-packages" tree
export SPIFF_CACHE=/dev/null

# the trees that says and knows look at
trees='-D tree'

# template NAME: makes a template; lines on standard input come behind a
# beginning that is sound
template() {
	mkdir -p "tree/srcpkgs/$1"
	{
		cat <<-END
			pkgname=$1
			version=1.0
			revision=1
			short_desc="A test"
			maintainer="The spiff contributors <spiff@example.org>"
			license="BSD-2-Clause"
			homepage="https://example.org/"
			metapackage=yes
		END
		cat
	} >"tree/srcpkgs/$1/template"
}

# says NAME WHAT WANTED ARG...: the values that tmpl tells, with commas
# the words of trees are words
# shellcheck disable=SC2086
says() {
	says_name=$1 says_what=$2 says_want=$3
	shift 3
	is "$says_name" "$(tmpl $trees "$@" 2>err |
		awk -F '\t' -v what="$says_what" '$2 == what { print $3 }' |
		tr '\n' ,)" "$says_want"
}
