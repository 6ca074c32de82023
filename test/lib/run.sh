# Jobs and a builder for the tests of spiff-run: sourced after lib.sh. The
# builder writes what it builds to ./begun, does what ./how/JOB says, and delivers
# an empty package.

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
mkdir "make.$$" && cd "make.$$" || exit 111
pkgver=${SPIFF_JOB%.*}
cat >props.plist <<EOF
<plist version="1.0"><dict>
<key>architecture</key><string>${SPIFF_JOB##*.}</string>
<key>installed_size</key><integer>0</integer>
<key>pkgname</key><string>${pkgver%-*}</string>
<key>pkgver</key><string>$pkgver</string>
<key>short_desc</key><string>a test</string>
<key>version</key><string>${pkgver##*-}</string>
</dict></plist>
EOF
echo '<plist version="1.0"><dict></dict></plist>' >files.plist
mkdir d
tar -cf "d/$SPIFF_JOB.xbps" ./props.plist ./files.plist
{
	echo "job $SPIFF_JOB"
	echo "try $SPIFF_TRY"
	sum=$(sha256sum <"d/$SPIFF_JOB.xbps")
	echo "package ${sum%% *} $(wc -c <"d/$SPIFF_JOB.xbps") $SPIFF_JOB.xbps"
	echo end
} >d/manifest
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

# background: spiff-run, its messages in ./log; $run is its process
background() {
	spiff-run >>log 2>&1 &
	run=$!
	runs="$runs $run"
	await [ -s spool/lock ]
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
