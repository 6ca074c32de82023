#!/bin/sh
# spiff-pull, and the example of a git hook: what changed in a tree comes into the
# queue, and what is gone leaves the repository.
. "$(dirname "$0")/lib/lib.sh"

if ! command -v git >/dev/null; then
	echo '1..0 # skipped: no git'
	exit
fi
GIT_CONFIG_GLOBAL=$work/gitconfig GIT_CONFIG_NOSYSTEM=1 HOME=$work
export GIT_CONFIG_GLOBAL GIT_CONFIG_NOSYSTEM HOME
git config --global user.name test
git config --global user.email test@example.org
git config --global init.defaultBranch master
git config --global safe.directory '*'

cat >spiff.conf <<'END'
SPIFF_DISTDIR=mine:void-packages
SPIFF_REPO=hostdir/binpkgs
SPIFF_ARCH=x86_64
SPIFF_HOST=x86_64
SPIFF_SLOTS=1
END
SPIFF_CONF=$work/spiff.conf
export SPIFF_CONF

# template NAME VERSION: in the upstream of the overlay
template() {
	mkdir -p "up/srcpkgs/$1"
	cat >"up/srcpkgs/$1/template" <<-END2
	pkgname=$1
	version=$2
	revision=1
	short_desc="A test"
	maintainer="spiff <spiff@example.org>"
	license="BSD-2-Clause"
	homepage="https://example.org"
	do_install() { vmkdir usr/share; echo $2 >"\${DESTDIR}/usr/share/$1"; }
	END2
}
commit() {
	git -C up add -A && git -C up commit -qm 'a change'
}
# built: what the index has
built() {
	spiff-index -l | cut -f 1 | sort | tr '\n' ' '
}

cp -R "$test/void-packages" .
git init -q up
template one 1
template two 1
commit
git clone -q up mine

exits 0 'the first pull' spiff-pull
is 'queues the overlay' "$(cat out)" \
'queued	one-1_1.x86_64
queued	two-1_1.x86_64'
exits 0 'a second one' spiff-pull
is 'has nothing to add, and nothing to say' "$(cat out err)" ''
check 'all is built' spiff-run -1
spiff-enqueue hello >/dev/null && spiff-run -1 >out 2>err

template one 2
git -C up rm -qr srcpkgs/two
commit
exits 0 'what would be queued' spiff-pull -n
is 'is what the trees have' "$(cat out)" ''
exits 0 'a change' spiff-pull
has 'is pulled and queued' out 'queued	one-2_1.x86_64'
has 'what is gone leaves the repository' out 'removed	two-1_1	x86_64'
check 'the rest is built' spiff-run -1
is 'and all is there' "$(built)" \
	'hello-1.0_1 libgreet-1.0_1 libgreet-devel-1.0_1 one-2_1 '

sed -i 's/^revision=.*/revision=5/' void-packages/srcpkgs/hello/template
exits 0 'a package of the repository that is no overlay' spiff-pull
has 'is built again too' out 'queued	hello-1.0_5.x86_64'
spiff-run -1 >out 2>err

# other architectures: in the repository, and in the queue
spiff-enqueue -a aarch64 one >out 2>err
check 'one is built for another architecture' spiff-run -1
spiff-enqueue -A x86_64-musl -a x86_64-musl one >/dev/null 2>err
is 'and queued for a third' "$(find spool/new -name 'one-*' | sed 's/.*new.//')" \
	one-2_1.x86_64-musl
template one 3
commit
exits 0 'a change' spiff-pull
is 'is queued for all of them' "$(grep '^queued	one' out | sort)" \
'queued	one-3_1.aarch64
queued	one-3_1.x86_64
queued	one-3_1.x86_64-musl'
is 'in place of what was queued' "$(ls spool/*/one-2_1.x86_64-musl)" \
	spool/cancel/one-2_1.x86_64-musl
is 'with the machine that built it before' "$(cat spool/new/one-3_1.* |
	grep '^host' | sort | uniq -c | sed 's/^ *//' | tr '\n' ,)" \
	'2 host x86_64,1 host x86_64-musl,'
rm spool/new/*.x86_64-musl
check 'all of it is built' spiff-run -1
is 'for both' "$(SPIFF_ARCH=aarch64 spiff-index -l | cut -f 1 | grep one
	built | grep -o 'one-[^ ]*')" 'one-3_1
one-3_1'

# one of another machine only
template board 1
echo 'archs="aarch64*"' >>up/srcpkgs/board/template
commit
exits 0 'a template that is not for this architecture' spiff-pull
is 'is left alone' "$(grep -v '^removed' out err)" ''
spiff-enqueue -a aarch64 board >out 2>err
check 'asked for elsewhere' spiff-run -1
exits 0 'a pull then' spiff-pull
is 'leaves it alone too' "$(cat out err)" ''
sed -i s/^version=.*/version=2/ up/srcpkgs/board/template
commit
exits 0 'a change of it' spiff-pull
is 'is queued where it is for' "$(cat out)" 'queued	board-2_1.aarch64'
spiff-run -1 >out 2>err

# a tree that cannot be updated
template three 1
template broken 1
echo 'pkgname=(' >>up/srcpkgs/broken/template
commit
git -C mine rm -qr srcpkgs/one
git -C mine commit -qm 'another history'
exits 111 'a tree that cannot be updated' spiff-pull
has 'is named' err "$work/mine: git pull --ff-only failed"
is 'nothing is removed then' "$(built)" \
	'cross-aarch64-linux-gnu-0.1_1 hello-1.0_5 libgreet-1.0_1 libgreet-devel-1.0_1 one-3_1 '
git -C mine reset -q --hard HEAD~1
exits 1 'a template that cannot be read' spiff-pull
has 'is named' err 'broken'
has 'and the others are queued' out 'queued	three-1_1.x86_64'
git -C up rm -qr srcpkgs/broken
commit
spiff-run -1 >out 2>err
exits 2 'an operand' spiff-pull one
SPIFF_CONF=$work/none.conf exits 2 'no settings' spiff-pull

# trees that follow no other repository
spiff-pull >out 2>err
git -C mine checkout -q --detach
exits 0 'a checkout without a branch' spiff-pull
is 'is left as it is' "$(cat err)" ''
git -C mine checkout -q master
mv mine pulled
git init -q mine
mkdir mine/srcpkgs
exits 0 'an overlay that is not committed' spiff-pull
has 'is used as it is' out 'removed	one-3_1	x86_64'
rm -rf mine
mv pulled mine
git -C mine config branch.master.merge refs/heads/none
exits 111 'a branch that the other repository does not have' spiff-pull
has 'is named' err "$work/mine: git pull --ff-only failed"
git -C mine config branch.master.merge refs/heads/master

# the hook of a bare repository
spiff-pull >out 2>err
spiff-run -1 >out 2>err
git clone -q --bare up bare.git
cp "$top/doc/git/post-receive" bare.git/hooks
git -C mine remote set-url origin "$work/bare.git"
git -C up remote add bare "$work/bare.git"
template one 4
template four 1
commit
TREE=$work/mine SPOOL=$work/spool git -C up push -q bare master 2>err
is 'a push leaves a request' "$(cat spool/new/push.* err)" \
'four
one'
check 'which is built' spiff-run -1
has 'at the new version' spool/done/one-4_1.x86_64 'pkgver one-4_1'
TREE=$work/mine SPOOL=$work/spool git -C up push -q bare master:other 2>err
has 'another branch is not queued, and named' err \
	"nothing of refs/heads/other is queued: $work/mine is on the branch master"
git -C up rm -qr srcpkgs/four
commit
TREE=$work/mine SPOOL=$work/spool git -C up push -q bare master 2>err
is 'one that removes a template leaves none' "$(ls spool/new spool/tmp)" \
'spool/new:

spool/tmp:'

# a library in the stage: the index also lists what is to be rebuilt for it
lib=void-packages/srcpkgs/libgreet
sed -i 's/^SOVERSION = .*/SOVERSION = 2/' "$lib/files/Makefile"
sed -i 's/^version=.*/version=2.0/' "$lib/template"
echo 'libgreet.so.2 libgreet-2.0_1' >>void-packages/common/shlibs
spiff-pull >out 2>err
spiff-run -1 >out 2>err
spiff-index -l >list
has 'a library that waits in the stage' list 'rebuild	hello'
exits 1 'a pull then' spiff-pull
is 'complains of its user only' "$(sed 's/: raise .*//' err)" \
"spiff-enqueue: hello-1.0_5: staged: the stage takes away libgreet.so.1
spiff-pull: not all was queued for x86_64"

# no room for temporary files
{
	(
		trap '' XFSZ
		ulimit -f 0
		spiff-pull -n
	)
	echo "exit $?"
} 2>&1 | sed 's/: .*: cannot/: cannot/' >list
has 'a list that cannot be written' list 'spiff-pull: cannot be written to'
has 'is an error of the system' list 'exit 111'
# each of them in turn is a directory
mkdir bin
cat >bin/mktemp <<END
#!/bin/sh
dir=\$($(command -v mktemp) "\$@") &&
	mkdir "\$dir/\$(cat "$work/taken")" && echo "\$dir"
END
chmod +x bin/mktemp
for file in overlays overlaid jobs arches known queued names; do
	echo $file >taken
	PATH=$work/bin:$PATH spiff-pull -n >out 2>err
	echo "$file $? $(grep -c 'cannot be written to$' err)$(cat out)"
done >ends
is 'so is any other, and nothing is queued then' "$(cat ends)" 'overlays 111 1
overlaid 111 1
jobs 111 1
arches 111 1
known 111 1
queued 111 1
names 111 1'

plan
