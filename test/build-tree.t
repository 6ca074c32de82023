#!/bin/sh
# The tree of a build: what happens to the trees while it runs does not reach it; builds
# share what they can; the log, the job and the site name the commits.
# shellcheck disable=SC2016
. "$(dirname "$0")/lib/lib.sh"

if ! command -v git >/dev/null; then
	skip 'the tree of a build' 'no git'
	plan
	exit 0
fi
HOME=$work GIT_CONFIG_NOSYSTEM=1
SPIFF_SPOOL=$work/spool SPIFF_REPO=$work/repo SPIFF_HOSTDIR=$work/hostdir
SPIFF_MASTERDIR=$work/masterdir SPIFF_DISTDIR=$work/vp SPIFF_ARCH=x86_64
SPIFF_HOST=x86_64 SPIFF_SLOTS=2
export HOME GIT_CONFIG_NOSYSTEM SPIFF_SPOOL SPIFF_REPO SPIFF_HOSTDIR SPIFF_MASTERDIR \
	SPIFF_DISTDIR SPIFF_ARCH SPIFF_HOST SPIFF_SLOTS
git config --global user.name test
git config --global user.email test@example.org
spool
mkdir repo go at
pids=
cleanup() {
	for pid in $pids; do
		kill -9 "-$pid" 2>/dev/null
	done
}

# pausing TREE NAME: a template whose build waits for go/NAME, and then reads a file, the
# template and a build style
pausing() {
	mkdir -p "$1/srcpkgs/$2/files"
	cat >"$1/srcpkgs/$2/template" <<-END
	# old template
	pkgname=$2
	version=1
	revision=1
	short_desc="Waits"
	maintainer="spiff <spiff@example.org>"
	license="BSD-2-Clause"
	homepage="https://example.org"
	do_build() {
		: >"$work/at/$2"
		until [ -e "$work/go/$2" ]; do
			sleep 0.05
		done
	}
	do_install() {
		vmkdir usr/share
		cat "\$FILESDIR/text" "\$XBPS_COMMONDIR/build-style/note.sh" \\
			>"\$DESTDIR/usr/share/$2"
		sed 's/^# //; 1q' "\$XBPS_SRCPKGDIR/$2/template" >>"\$DESTDIR/usr/share/$2"
	}
	END
	echo 'old file' >"$1/srcpkgs/$2/files/text"
}
# job NAME: the job of NAME-1_1; job is its path
job() {
	job=spool/run/$1-1_1.x86_64
	printf '%s\n' "pkgver $1-1_1" 'arch x86_64' 'tries 1' >"$job"
}
# begin NAME [SLOT]: starts its build, and waits until it pauses; pid is its group
begin() {
	rm -rf "at/$1" "go/$1" "spool/incoming/$1-1_1.x86_64"
	job "$1"
	SPIFF_SLOT=${2-} setsid sh -c 'exec spiff-build "$1"' sh "$job" >"log-$1" 2>&1 &
	pid=$! pids="$pids $!"
	await [ -e "at/$1" ]
}
# end NAME PID: lets it go on; it has to succeed
end() {
	: >"go/$1"
	wait "$2"
	ok $? "$1 is built"
}
# content NAME: what its package has
content() {
	tar -xOf "spool/incoming/$1-1_1.x86_64/$1-1_1.x86_64.xbps" \
		"./usr/share/$1" 2>/dev/null
}
old='old file
old style
old template'
# trees: the names of those that builds have
trees() {
	(cd hostdir/spiff && echo tree-*[0-9])
}
commit() {
	git -C "$1" add -A && git -C "$1" commit -qm "$2" &&
		git -C "$1" rev-parse HEAD
}

cp -R "$test/void-packages" vp
pausing vp slow
echo 'old style' >vp/common/build-style/note.sh
echo 'etc/conf' >vp/.gitignore
git init -q vp
first=$(commit vp first)

# a checkout while it is built
begin slow
slow=$pid
has 'the log names the commit' log-slow "$work/vp $first"
echo 'new file' >vp/srcpkgs/slow/files/text
echo 'new style' >vp/common/build-style/note.sh
sed -i 's/old template/new template/' vp/srcpkgs/slow/template
second=$(commit vp second)
rm -r vp/srcpkgs/slow vp/common/build-style
commit vp third >/dev/null
end slow "$slow"
is 'from what was there when it began' "$(content slow)" "$old"
has 'its end names the commit too' log-slow "spiff-build: commit $first $work/vp"
git -C vp checkout -q "$second"
begin slow
end slow "$pid"
is 'the next one has the new tree' "$(content slow)" 'new file
new style
new template'
has 'and its commit' log-slow "spiff-build: commit $second $work/vp"
is 'in the place of the other' "$(trees)" tree-1

# uncommitted changes, made in place
echo 'own file' >vp/srcpkgs/slow/files/text
begin slow
has 'a tree with changes' log-slow "$work/vp $second-dirty"
echo 'other file' >vp/srcpkgs/slow/files/text
end slow "$pid"
is 'is built as it was' "$(content slow | sed 1q)" 'own file'
git -C vp checkout -q .
echo 'XBPS_CCACHE=no' >vp/etc/conf
job slow
: >go/slow
exits 0 'etc/conf alone' spiff-build "$job"
has 'is no change, as git ignores it' out "$work/vp $second"
is 'but it counts' "$(cat hostdir/spiff/tree-1/etc/conf)" 'XBPS_CCACHE=no'
rm vp/etc/conf

# builds of one commit share a tree
git -C vp checkout -qb many "$first"
for n in 1 2 3 4 5 6 7 8 9 10; do
	pausing vp "p$n"
done
many=$(commit vp many)
list=
for n in 1 2 3 4 5 6 7 8 9 10; do
	begin "p$n" "$n"
	list="$list $pid"
done
is 'ten builds of a commit share a tree' "$(trees)" tree-1
echo 'new file' >vp/srcpkgs/slow/files/text
begin slow 11
slow=$pid
is 'one of another tree has its own' "$(trees)" 'tree-1 tree-2'
check 'which shares what is the same' [ hostdir/spiff/tree-1/srcpkgs/p1/template -ef \
	hostdir/spiff/tree-2/srcpkgs/p1/template ]
is 'but not what differs' "$(cat hostdir/spiff/tree-1/srcpkgs/slow/files/text)" 'old file'
n=0
for pid in $list; do
	n=$((n + 1))
	[ $n -lt 10 ] || break
	: >"go/p$n"
	wait "$pid"
done
is 'they are built' "$(grep -l 'spiff-build: delivered 1' log-p[0-9] | grep -c .)" 9
has 'from that commit' log-p1 "spiff-build: commit $many $work/vp"
kill -9 "-$pid" "-$slow"
wait "$pid" "$slow" 2>/dev/null
begin p1
is 'after builds were killed, their trees are used again' "$(trees)" 'tree-1 tree-2'
check 'the same if it is right' grep -q "hostdir/spiff/tree-2 &&" log-p1
exits 0 'while a build runs' spiff-clean
is 'spiff-clean leaves those in use, and the first' "$(trees)" 'tree-1 tree-2'
end p1 "$pid"
exits 0 'and then' spiff-clean
is 'and removes the others' "$(trees)$(echo hostdir/spiff/tree-2*)" \
	'tree-1hostdir/spiff/tree-2*'

# killed while it copied: the tree has no state then
rm hostdir/spiff/tree-1.state
echo 'half file' >hostdir/spiff/tree-1/srcpkgs/slow/files/text
git -C vp checkout -q .
begin slow
end slow "$pid"
is 'a tree that was left half made is made again' "$(content slow)" "$old"

# by hand
job slow
exits 0 'by hand' spiff-build -k "$job"
has 'there is a tree apart' out "cd $work/hostdir/spiff/tree-0 && ./xbps-src"

# no checkout, and several trees
mkdir -p over/srcpkgs
pausing over mine
SPIFF_DISTDIR=$work/over:$work/vp
begin mine
echo 'new file' >over/srcpkgs/mine/files/text
end mine "$pid"
is 'a tree that is no git checkout' "$(content mine)" "$old"
is 'the end of the log says whose the template is' \
	"$(sed -n 's/^spiff-build: commit //p' log-mine)" "- $work/over
$many $work/vp"
git init -q over
mine=$(commit over mine)
begin mine
end mine "$pid"
is 'two checkouts' "$(sed -n 's/^spiff-build: commit //p' log-mine)" "$mine $work/over
$many $work/vp"

# git at work
: >vp/.git/index.lock
spiff-merge all vp &
merge=$!
await [ -e all/common/shlibs ]
echo 'late file' >vp/srcpkgs/slow/files/text
rm vp/.git/index.lock
wait "$merge"
ok $? 'a tree is copied while git changes it'
is 'as git leaves it' "$(cat all/srcpkgs/slow/files/text)" 'late file'
git -C vp checkout -q .

# git that finishes while it is looked for, after the trees were copied
mkdir bin
cat >bin/git <<END
#!/bin/sh
case "\$*" in
*index.lock)
	[ ! -e "$work/both/common/shlibs" ] || [ ! -e "$work/vp/.git/index.lock" ] || {
		echo 'last file' >"$work/vp/srcpkgs/slow/files/text"
		rm "$work/vp/.git/index.lock"
	}
	;;
esac
exec "$(command -v git)" "\$@"
END
chmod +x bin/git
: >vp/.git/index.lock
PATH=$work/bin:$PATH spiff-merge both vp
is 'a tree is as git leaves it, whenever that ends' \
	"$(cat both/srcpkgs/slow/files/text)" 'last file'
git -C vp checkout -q .

# the job and the site
SPIFF_DISTDIR=$work/vp
spool
: >go/slow
exits 0 'a job' spiff-enqueue slow
is 'names the commit it was planned from' "$(sed -n 's/^commit //p' \
	spool/new/slow-1_1.x86_64)" "$many $work/vp"
spiff-status -y slow >out
has 'status says it' out "planned from commit $(echo "$many" | cut -c 1-12) of $work/vp"
sed -i 's/old template/last template/' vp/srcpkgs/slow/template
last=$(commit vp last)
exits 0 'a change before it begins' spiff-enqueue slow
has 'and asked for again' spool/new/slow-1_1.x86_64 "commit $last $work/vp"
echo 'own file' >vp/srcpkgs/slow/files/text
exits 0 'it is built' spiff-run -1
is 'then it names that from which it was built' "$(sed -n 's/^commit *//p' \
	spool/done/slow-1_1.x86_64 | tail -n 2)" "
$last-dirty $work/vp"
short=$(echo "$last" | cut -c 1-12)
spiff-status -y slow >out
has 'status too' out "built from commit $short with changes of $work/vp"
SPIFF_TREEURL='https://example.org/tree/{commit}/srcpkgs/' spiff-status -w www
has 'and the site' www/pkg/slow.x86_64.html "<dt>Built from</dt><dd>\
<a href=\"https://example.org/tree/$last/srcpkgs/slow\">$short</a> with changes of $work/vp"
SPIFF_TREEURL='https://example.org/master/' spiff-status -w plain
has 'without a link if the address has no place for it' plain/pkg/slow.x86_64.html \
	"<dt>Built from</dt><dd>$short with changes of"

plan
