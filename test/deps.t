#!/bin/sh
# spiff-deps on the small tree: plans, every mode, and what is refused.
. "$(dirname "$0")/lib/lib.sh"

cp -R "$test/void-packages" tree
export SPIFF_DISTDIR=tree SPIFF_HOST=x86_64 SPIFF_REPO=repo

# line NAME ARG...: what spiff-deps prints, as one line with commas
line() {
	line_name=$1 line_want=$2
	shift 2
	is "$line_name" "$(spiff-deps "$@" 2>err | tr '\t\n' ' ,')" "$line_want"
}

line 'a plan, dependencies first, subpackages by their source' \
	'libgreet-1.0_1 x86_64 missing,hello-1.0_1 x86_64 missing,' hello
line 'a subpackage is built by its source' \
	'libgreet-1.0_1 x86_64 missing,' libgreet-devel
line 'paths are operands too' \
	'libgreet-1.0_1 x86_64 missing,' srcpkgs/libgreet/files/greet.c \
	./tree/srcpkgs/libgreet-devel
line 'a chain of five' \
	'seed-1.0_1 x86_64 missing,sprout-1.0_1 x86_64 missing,stem-1.0_1 x86_64 missing,leaf-1.0_1 x86_64 missing,flower-1.0_1 x86_64 missing,' \
	flower
line 'a host tool is built once for two' \
	'cook-1.0_1 x86_64 missing,salad-1.0_1 x86_64 missing,soup-1.0_1 x86_64 missing,' \
	salad soup
line 'a dependency that the build style adds' \
	'cook-1.0_1 x86_64 missing,cake-1.0_1 x86_64 missing,' cake
line 'a virtual dependency, a metapackage, a build option' \
	'libgreet-1.0_1 x86_64 missing,hello-1.0_1 x86_64 missing,palette-1.0_1 x86_64 missing,greetings-1.0_1 x86_64 missing,bye-1.0_1 x86_64 missing,doorbell-1.0_1 x86_64 missing,welcome-1.0_1 x86_64 missing,' \
	welcome

printf 'srcpkgs/seed/template\n\nsrcpkgs/gone/template\nseed\n' >names
spiff-deps - <names >out 2>err
is 'operands on standard input, gone ones passed over' "$(cut -f1 out)" \
	'seed-1.0_1'
has 'and named' err 'spiff-deps: gone: its template is gone, ignored'
printf 'seed\r\n' >names
exits 1 'lines that end as in DOS' spiff-deps - <names
has 'are named too' err 'spiff-deps: seed?: not a package name'

is 'more operands than a pipe holds at a time' \
	"$(yes seed | head -n 1000000 | spiff-deps -d - 2>&1)" 'seed: '
exits 1 'more than anybody has' sh -c 'yes seed | head -n 14000000 | spiff-deps -d -'
has 'which is said' err 'standard input: File too large'

line 'a build style stands for the packages that use it' \
	'cook-1.0_1 x86_64 missing,cake-1.0_1 x86_64 missing,' \
	common/environment/build-style/recipe.sh
line 'a build helper too' 'cook-1.0_1 x86_64 missing,' \
	common/build-helper/self-host.sh
line 'also by what it keeps in a directory' \
	'cook-1.0_1 x86_64 missing,cake-1.0_1 x86_64 missing,' \
	common/environment/build-style/recipe/list.txt

mkdir -p ov/srcpkgs/mine ov/srcpkgs/tart ov/common/environment/build-style \
	ov/common/build-helper
sed 's/^pkgname=.*/pkgname=mine/; /^makedepends/d' tree/srcpkgs/seed/template \
	>ov/srcpkgs/mine/template
echo build_style=own >>ov/srcpkgs/mine/template
sed 's/^pkgname=.*/pkgname=tart/' tree/srcpkgs/cake/template >ov/srcpkgs/tart/template
echo build_helper=oven >>ov/srcpkgs/tart/template
line 'the overlay has no such build style yet' 'mine-1.0_1 x86_64 missing,' \
	-D ov -D tree mine
echo 'makedepends+=" sprout"' >ov/common/environment/build-style/own.sh
sown='seed-1.0_1 x86_64 missing,sprout-1.0_1 x86_64 missing,mine-1.0_1 x86_64 missing,'
line 'what it adds to the tree'\''s counts' "$sown" -D ov -D tree mine
line 'a build style of an overlay stands for what uses it' "$sown" \
	-D ov -D tree common/environment/build-style/own.sh
line 'by its own path too' "$sown" -D ov -D tree \
	"$work/ov/common/environment/build-style/own.sh"
echo 'makedepends+=" leaf"' >ov/common/build-helper/oven.sh
exits 0 'a build helper' spiff-deps -D ov -D tree -d ov/common/build-helper/oven.sh
has 'is what the template needs' out 'tart: cook leaf'
for f in etc/defaults.conf common/scripts/parse-py-metadata.py xbps-src; do
	exits 3 "what all builds share stands for all: $f" spiff-deps $f
done
echo >tree/README.md
exits 0 'what no build needs stands for nothing' spiff-deps README.md \
	.gitignore .github/CODEOWNERS common/shlibs
is 'no line' "$(cat out)" ''
has 'but it is said' err 'README.md: not part of any package'
exits 1 'one that was removed is taken for a package' spiff-deps READYOU.md
exits 0 'nor does what lies elsewhere' spiff-deps /etc/passwd
is 'no line' "$(cat out)" ''

line 'direct dependencies' 'bye: greetings libgreet palette,seed: ,' -d bye seed
line 'what is named more than once is answered once' \
	'libgreet: ,seed: ,' -d libgreet seed libgreet-devel srcpkgs/seed/template seed
line 'edges for tsort' \
	'seed-1.0_1 seed-1.0_1,sprout-1.0_1 sprout-1.0_1,seed-1.0_1 sprout-1.0_1,' \
	-t sprout
is 'tsort takes them' "$(spiff-deps -t flower | tsort | tr '\n' ' ')" \
	'seed-1.0_1 sprout-1.0_1 stem-1.0_1 leaf-1.0_1 flower-1.0_1 '
line 'every dependency, with its kind' \
	'libgreet-1.0_1 x86_64 run -,libgreet-devel-1.0_1 x86_64 make -,' -l hello
line 'why' 'welcome -> bye -> palette (run, make),' -w libcolor-devel welcome
exits 1 'no reason why' spiff-deps -w seed hello
line 'what depends on it' \
	'bye-1.0_1,doorbell-1.0_1,hello-1.0_1,welcome-1.0_1,' -X libgreet-devel
line 'or on what a build helper is used for' \
	'cake-1.0_1,salad-1.0_1,soup-1.0_1,' -X common/build-helper/self-host.sh
echo 'srcpkgs/gone/template' >names
exits 0 'what is gone has nobody' sh -c 'spiff-deps -X - <names'
has 'and is named' err 'gone: its template is gone, ignored'
exits 1 'no such package to depend on' spiff-deps -X nonesuch
spiff-deps -o seed stem raspberry | tr '\t\n' ' ,' >out
is 'what is older in the repository' "$(cat out)" 'seed ? 1.0_1,stem ? 1.0_1,'
if command -v dot >/dev/null; then
	spiff-deps -g welcome | dot -Tplain >picture 2>err
	has 'dot draws it' picture 'welcome-1.0_1'
else
	skip 'dot draws it' 'no dot(1)'
fi

exits 3 'a cycle' spiff-deps chicken
is 'nothing on standard output then' "$(cat out)" ''
has 'the whole cycle, with kinds' err \
	'spiff-deps: cycle: chicken -> egg -> chicken (make, make)'
exits 3 'a cycle beside a sound plan' spiff-deps seed egg
is 'nothing on standard output then either' "$(cat out)" ''
exits 3 'the tree is checked' spiff-deps -C -e
has 'cycles are found' out 'cycle	chicken -> egg -> chicken'

exits 1 'a broken package' spiff-deps rusty
has 'says why' err 'the gears do not turn any more'
exits 1 'a restricted package' spiff-deps vault
has 'says why' err 'spiff-deps: vault:'
exits 1 'a package not for this architecture' spiff-deps raspberry
has 'says why' err 'spiff-deps: raspberry:'
exits 1 'a sound package beside a broken one' spiff-deps rusty seed
is 'is planned' "$(cut -f1 out)" seed-1.0_1
exits 1 'no such package' spiff-deps nonesuch
has 'is named' err 'spiff-deps: nonesuch: no template makes it'

mkdir tree/srcpkgs/lost tree/srcpkgs/bad tree/srcpkgs/quits
sed 's/seed/lost/g; $a makedepends=nonesuch-devel' \
	tree/srcpkgs/seed/template >tree/srcpkgs/lost/template
sed 's/seed/bad/g; $a if' tree/srcpkgs/seed/template >tree/srcpkgs/bad/template
sed 's/seed/quits/g; $a exit 0' tree/srcpkgs/seed/template \
	>tree/srcpkgs/quits/template
echo 'depends=nonesuch-devel' >>tree/srcpkgs/lost/template
exits 1 'a dependency that nothing makes, wanted twice' spiff-deps -d lost
is 'is named once' "$(cat err)" \
	'spiff-deps: lost: nonesuch-devel: no template makes it'
exits 1 'a dependency that nothing makes' spiff-deps lost
has 'is named' err 'lost: needs nonesuch-devel, which no template makes'
exits 1 'a template with a syntax error' spiff-deps bad
has 'is named with its path' err 'tree/srcpkgs/bad/template'
exits 1 'a template that exits' spiff-deps quits
has 'is named with its path' err 'tree/srcpkgs/quits/template'
exits 3 'the check goes on behind bad templates' spiff-deps -C -e
has 'what is missing' out 'missing	lost	nonesuch-devel	make'
has 'what cannot be read' out 'unreadable	bad	'

line 'what no repository has is missing even if it is asked for' \
	'seed-1.0_1 x86_64 missing,' -f seed
SPIFF_SPOOL=spool
export SPIFF_SPOOL
spool
mkdir -p repo
printf 'pkgver seed-1.0_1\narch x86_64\ntries 1\n' >spool/run/seed-1.0_1.x86_64
spiff-build spool/run/seed-1.0_1.x86_64 >log 2>&1
rm spool/run/*
mv spool/incoming/*/*.xbps repo
spiff-index -a repo/*.xbps >/dev/null
line 'what a repository has is not built' '' seed
line 'unless it is asked for' 'seed-1.0_1 x86_64 requested,' -f seed
line 'paths of what there is' "repo/seed-1.0_1.x86_64.xbps," -u sprout
sed 's/^version=.*/version=1.1/' tree/srcpkgs/seed/template >template
mv template tree/srcpkgs/seed/template
line 'another version is told' 'seed-1.1_1 x86_64 outdated 1.0_1,' seed

printf '# a list\n\n  # of\n  \t\n seed \tand more\n' >list
line 'a comment, blanks and an empty line' 'seed-1.1_1 x86_64 outdated 1.0_1,' - <list
here() { (cd "tree/srcpkgs/$1" && shift && "$@"); }
SPIFF_DISTDIR=$work/tree SPIFF_REPO=$work/repo
export SPIFF_DISTDIR SPIFF_REPO
for path in . ./template ./patches/one; do
	is "in a template's directory: $path" "$(here seed spiff-deps $path | cut -f 1)" \
		seed-1.1_1
done
exits 0 'elsewhere' spiff-deps .
has 'that is none' err 'not part of any package, ignored'

exits 2 'two modes' spiff-deps -d -l hello
exits 2 'no operand' spiff-deps
exits 2 'all and one' spiff-deps -e hello
exits 2 'an unknown flag' spiff-deps -Z hello
exits 2 'a name that looks like a flag' spiff-deps -zello
exits 1 'the same behind --' spiff-deps -- -zello
exits 1 'a path that climbs' spiff-deps tree/srcpkgs/../../etc/passwd
exits 1 'a space' spiff-deps 'hello bye'
exits 1 'a newline' spiff-deps 'hello
bye'
has 'is shown as one line' err 'spiff-deps: hello?bye:'
exits 1 'an empty name' spiff-deps ''
exits 111 'no tree' spiff-deps -D nowhere hello
has 'is named, and the setting' err 'nowhere/srcpkgs: No such file or directory: SPIFF_DIST'
exits 111 'a main repository that cannot be read' spiff-deps -R nowhere hello
has 'is named' err nowhere
exits 2 'an architecture that is none' spiff-deps -a ../x hello
exits 111 'an architecture that the tree does not know' spiff-deps -a vax hello

# a name that looks like a pkgver
mkdir tree/srcpkgs/see-d-x86_64
sed 's/^pkgname=.*/pkgname=see-d-x86_64/' tree/srcpkgs/seed/template \
	>tree/srcpkgs/see-d-x86_64/template
is 'a name that ends like a version' "$(spiff-deps -r none see-d-x86_64 | cut -f 1)" \
	"$(spiff-deps -r none seed | cut -f 1 | sed 's/^seed-/see-d-x86_64-/')"
is 'its pkgver' "$(spiff-deps -r none see-d-x86_64-1_1)" \
	"$(spiff-deps -r none see-d-x86_64)"
spool
is 'what is queued' "$(SPIFF_REPO=none spiff-enqueue -s spool see-d-x86_64 | cut -f 1)" queued
SPIFF_REPO=none spiff-status -s spool -y see-d-x86_64 >out
has 'and asked for by its name' out see-d-x86_64-
rm -r spool tree/srcpkgs/see-d-x86_64

printf 'SPIFF_DISTDIR=tree\n# comment\n\nSPIFF_HOST=x86_64\n' >conf
unset SPIFF_DISTDIR SPIFF_HOST
exits 0 'settings from a file' env SPIFF_CONF=conf spiff-deps seed
printf 'SPIFF_TREE=tree\n' >conf
exits 2 'an unknown setting' env SPIFF_CONF=conf spiff-deps seed
has 'is named with its line' err 'spiff-deps: conf:1: SPIFF_TREE: no such setting'
exits 2 'no settings file' env SPIFF_CONF=nowhere spiff-deps seed

plan
