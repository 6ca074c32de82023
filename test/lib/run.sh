# Jobs and a builder for the tests of spiff-run: sourced after lib.sh. The
# builder writes what it builds to ./begun, does what ./how/JOB says, and delivers
# an empty package for each that the job makes.

# shellcheck disable=SC2154
SPIFF_SPOOL=$work/spool SPIFF_REPO=$work/repo SPIFF_ARCH=x86_64
SPIFF_HOST=x86_64 SPIFF_SLOTS=2 SPIFF_BUILD=$work/builder SPIFF_PAUSE=0
SPIFF_DISTDIR=$test/void-packages
export SPIFF_SPOOL SPIFF_REPO SPIFF_ARCH SPIFF_HOST SPIFF_SLOTS SPIFF_BUILD \
	SPIFF_PAUSE SPIFF_DISTDIR
runs=

cat >builder <<END
#!/bin/sh
work=$work
END
cat >>builder <<'END'
cd "$work" || exit 111
echo "$SPIFF_JOB" >>begun
[ ! -e "how/$SPIFF_JOB" ] || . "how/$SPIFF_JOB"
mkdir -p "make.$$/d" && cd "make.$$" || exit 111
version=${SPIFF_JOB%.*} version=${version##*-} arch=${SPIFF_JOB##*.}
echo '<plist version="1.0"><dict></dict></plist>' >files.plist
{
	echo "job $SPIFF_JOB"
	echo "try $SPIFF_TRY"
} >d/manifest
names=$(sed -n 's/^makes //p' "$1" 2>/dev/null)
pkgver=${SPIFF_JOB%.*}
for name in ${names:-${pkgver%-*}}; do
	cat >props.plist <<-EOF
	<plist version="1.0"><dict>
	<key>architecture</key><string>$arch</string>
	<key>installed_size</key><integer>0</integer>
	<key>pkgname</key><string>$name</string>
	<key>pkgver</key><string>$name-$version</string>
	<key>short_desc</key><string>a test</string>
	<key>version</key><string>$version</string>
	</dict></plist>
	EOF
	file=$name-$version.$arch.xbps
	tar -cf "d/$file" ./props.plist ./files.plist
	sum=$(sha256sum <"d/$file")
	echo "package ${sum%% *} $(wc -c <"d/$file") $file" >>d/manifest
done
echo end >>d/manifest
new=$SPIFF_SPOOL/incoming/.$SPIFF_JOB.$SPIFF_TRY.tmp
mkdir "$new" && cp d/* "$new" && mv "$new" "$SPIFF_SPOOL/incoming/$SPIFF_JOB" || {
	echo 'spiff-build: the disk is full'
	exit 111
}
rm -rf "$work/make.$$"
END
chmod +x builder
mkdir how

# fresh: an empty spool and an empty repository
fresh() {
	rm -rf repo begun how/*
	spool
	: >begun
}

# job PKGVER [NEED...]: puts a job into new/, asked for a second after the last
asked=1000000000
job() {
	asked=$((asked + 1))
	job_name=$1.x86_64
	{
		echo "pkgver $1"
		echo 'arch x86_64'
		echo 'host x86_64'
		echo "makes ${1%-*}"
		echo "asked $asked"
		shift
		for n; do
			echo "needs $n.x86_64"
		done
	} >"spool/tmp/$job_name"
	mv "spool/tmp/$job_name" spool/new
}

# where PKGVER: the states that have the job
where() {
	(
		cd spool || exit
		for f in */"$1.x86_64"; do
			[ ! -f "$f" ] || printf '%s ' "${f%%/*}"
		done
	)
}

# emptytree: one without packages, for those of template
emptytree() {
	cp -R "$test/void-packages" tree
	rm -rf tree/srcpkgs/*
	SPIFF_DISTDIR=$work/tree
}

# template NAME VERSION [NEED]
template() {
	mkdir -p "tree/srcpkgs/$1"
	cat >"tree/srcpkgs/$1/template" <<-END
	pkgname=$1
	version=$2
	revision=1
	makedepends="${3-}"
	short_desc="A test"
	maintainer="spiff <spiff@example.org>"
	license="BSD-2-Clause"
	homepage="https://example.org"
	do_install() { :; }
	END
}

# lies STATE PKGVER: whether the job is there
lies() {
	[ -f "spool/$1/$2.x86_64" ]
}

# background: spiff-run, its messages in ./log; $run is its process. It holds the locks
# of its start no longer when it has said what it works on.
announced() { cat log 2>/dev/null | grep -c '^spiff-run: spool '; }
more() { [ "$(announced)" -gt "$background_n" ]; }
background() {
	background_n=$(announced)
	spiff-run >>log 2>&1 &
	run=$!
	runs="$runs $run"
	await more
}

# end: stops it, which leaves no build behind
end() {
	kill "$run"
	wait "$run"
}

# begun PKGVER: whether its build has begun
begun() {
	grep -qx "$1.x86_64" begun
}

# attr PKGVER STATE NAME: the value that counts
attr() {
	sed -n "s/^$3 //p" "spool/$2/$1.x86_64" | tail -n 1
}

cleanup() {
	for p in $runs; do
		kill "$p" 2>/dev/null
	done
	wait
}
