#!/bin/sh
# Text from outside never acts on a terminal: escape sequences and control
# characters in every field of every input, printed by every program.
. "$(dirname "$0")/lib/lib.sh"
. "$test/lib/spool.sh"
# shellcheck source=test/lib/pkg.sh
. "$test/lib/pkg.sh"

# a title, a colour, a bell, an 8-bit control sequence, C1 in UTF-8, the direction
# of writing, a carriage return, and a line that says it is another
e=$(printf '\033]0;owned\007\033[31m\233\302\233\342\200\256x\rfake\bend')

# what stands for more that was cut
more=$(printf '\342\200\246')

# harmless NAME COMMAND...: prints nothing that a terminal obeys
harmless() {
	harmless_name=$1
	shift
	timeout 60 "$@" >out 2>err </dev/null
	is "$harmless_name" "$(cat out err | sed "s/$more//g" |
		tr -d '\n\t\040-\176' | od -An -c)" ''
}

# templates
cp -R "$test/void-packages" tree
rm -r tree/srcpkgs
: >tree/common/shlibs
SPIFF_DISTDIR=tree SPIFF_REPO=$work/repo SPIFF_REPOS=
export SPIFF_DISTDIR SPIFF_REPO SPIFF_REPOS
q="\"$e\""
metapackage tree good 1_1
is 'a good one is planned' "$(spiff-deps good)" "$(
	printf 'good-1_1\tx86_64\tmissing')"
n=0
for line in "pkgname=$q" "version=$q" "revision=$q" "short_desc=$q" \
	"hostmakedepends=$q" "makedepends=$q" "depends=$q" "checkdepends=$q" \
	"makedepends='virtual?$e'" "depends='good>=$e'" "broken=$q" "nocross=$q" \
	"restricted=$q" "archs=$q" "build_style=$q" "build_helper=$q" \
	"build_options=$q" "build_options_default=$q" "subpackages=$q" \
	"provides=$q" "shlib_provides=$q" "shlib_requires=$q" "distfiles=$q" \
	"repository=$q" "replaces=$q" "echo $q >&2" "echo $q" "exit 3 $q" \
	"$e" "$e()" "$e=1"; do
	n=$((n + 1))
	template tree "t$n" 1_1 build_style=meta "$line"
	for mode in '' -d -l -t -m -g -f; do
		# shellcheck disable=SC2086
		harmless "spiff-deps $mode, line $n" spiff-deps $mode "t$n"
	done
	harmless "spiff-enqueue, line $n" spiff-enqueue -n "t$n"
	spool
	harmless "and -f" spiff-enqueue -f "t$n"
	harmless "and the table then" spiff-status
	harmless "spiff-status -y, line $n" spiff-status -y "t$n"
done
spool
harmless 'the check of all' spiff-deps -Ce
harmless 'what is out of date' spiff-deps -oe
harmless 'all of them' spiff-deps -e
rm -rf tree/srcpkgs/t[0-9]*
mkdir "tree/srcpkgs/$(printf 't\033[31m')"
harmless 'a directory of the tree' spiff-deps -Ce
metapackage tree good 1_1
printf '%s good-1_1\nlibx.so.1 %s\n' "$e" "$e" >tree/common/shlibs
harmless 'shlibs' spiff-deps -Ce
: >tree/common/shlibs

# what people type, and settings
for p in spiff-deps spiff-enqueue spiff-index spiff-status 'spiff-status -y' \
	'spiff-index -a' 'spiff-index -l' 'spiff-deps -w' spiff-run; do
	# shellcheck disable=SC2086
	harmless "an operand of $p" $p "$e"
done
for s in SPOOL DISTDIR REPO REPOS ARCH HOST SLOTS BUILDER CACHE JOBS; do
	harmless "SPIFF_$s" env "SPIFF_$s=$e" spiff-deps good
	harmless "SPIFF_$s, the scheduler" env "SPIFF_$s=$e" spiff-run -1
done
printf '%s\nSPIFF_%s=x\nSPIFF_SLOTS=%s\n' "$e" "$e" "$e" >conf
harmless 'the file of settings' env SPIFF_CONF=conf spiff-deps good

# jobs
for attr in pkgver arch host needs makes asked priority tries started ended exit \
	reason class by node handle waits inputs memory "$e"; do
	for state in new wait ready run built 'done' fail cancel; do
		spool
		job $state a-1_1 'class package' 'reason why' "$attr $e"
		job wait b-1_1 'needs a-1_1.x86_64'
		{
			spiff-status -l
			spiff-status
			spiff-status -y a
			spiff-status -y b-1_1.x86_64
		} >out 2>err
		cat err
		cat out
	done >all
	harmless "$attr of a job" cat all
done
spool
printf 'x\n' >"spool/new/$(printf 'a\033[31mb')"
printf '%s\n' "$e" >spool/new/request
printf 'x\n' >"spool/fail/$e"
printf '%s\n' "$e" >"spool/fail/$e.reason"
job run a-1_1 'started 1000'
printf '%s\n%s' "$e" "$e" >spool/log/a-1_1.x86_64.log
printf '%s\n' "$e" >spool/trouble
for flags in '' -l '-y a' '-y request'; do
	# shellcheck disable=SC2086
	harmless "names, requests and logs: spiff-status $flags" \
		spiff-status $flags
done
harmless 'and the scheduler' spiff-run -1 -b local

# indexes of others, and packages
d="&#27;]0;owned&#7;&#27;[31m&#x9b;x"
for key in pkgver architecture filename-sha256 filename-size run_depends \
	shlib-provides shlib-requires short_desc; do
	rm -rf other && mkdir other
	{
		printf '<plist version="1.0"><dict><key>x</key><dict>'
		printf '<key>pkgver</key><string>x-1_1</string>'
		printf '<key>architecture</key><string>x86_64</string>'
		printf '<key>%s</key><string>%s</string></dict>' "$key" "$d"
		printf '<key>%s</key><dict><key>pkgver</key><string>%s</string>' \
			"$d" "y-1_1"
		printf '</dict></dict></plist>\n'
	} >other/index.plist
	(cd other && : >index-meta.plist && : >stage.plist &&
		tar cf - index.plist index-meta.plist stage.plist |
		gzip >x86_64-repodata && rm ./*.plist)
	harmless "$key of an index, listed" spiff-index -l other
	harmless "and verified" spiff-index -v other
	harmless "and cleaned" spiff-index -c other
	harmless "and planned with" env SPIFF_REPOS="$work/other" spiff-deps -l good
	harmless "and as our own" env SPIFF_REPO="$work/other" spiff-deps -oe
	harmless "and shown" env SPIFF_REPO="$work/other" spiff-status -l
	(mkdir -p pk && cd pk && rm -f ./*.xbps &&
		pkg x-1_1 x86_64 "<key>$key</key><string>$d</string>")
	harmless "$key of a package" spiff-index -a pk/x-1_1.x86_64.xbps
done
printf '%s' "$e" >pk/y-1_1.x86_64.xbps
harmless 'what is no package' spiff-index -a pk/y-1_1.x86_64.xbps
mkdir foreign
printf '%s' "$e" >foreign/x86_64-repodata
harmless 'what is no index' spiff-index -l foreign
harmless 'and read from' env SPIFF_REPOS="$work/foreign" spiff-deps -l good

# Nomad
mkdir nomad.bin
cat >nomad.bin/nomad <<END
#!/bin/sh
printf '%s\n' '$e'
printf '%s\n' '$e' >&2
exit 1
END
chmod +x nomad.bin/nomad
spool
job ready a-1_1
PATH=$work/nomad.bin:$PATH timeout 5 spiff-run -1 -b nomad >said 2>&1
spiff-status >>said 2>&1
spiff-status -y a >>said 2>&1
harmless 'what Nomad says' cat said
# and what a build's script, and a hook, say
cat >builder <<END
#!/bin/sh
printf '%s\n' '$e'
printf '%s\n' '$e' >&2
exit 1
END
chmod +x builder
spool
job ready a-1_1
SPIFF_BUILD=$work/builder timeout 20 spiff-run -1 -b local >said 2>&1
spiff-status >>said 2>&1
harmless 'what a builder says' cat said
plan
