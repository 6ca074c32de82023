# Packages, deliveries and jobs for the tests, made with tar and gzip: sourced
# after lib.sh.

# pkg PKGVER ARCH [LINES]: the package file PKGVER.ARCH.xbps in the current
# directory; LINES are more of its properties; its bytes differ each time
pkg_count=0
pkg() {
	pkg_count=$((pkg_count + 1))
	mkdir pkg.tmp
	cat >pkg.tmp/props.plist <<-END
	<?xml version="1.0" encoding="UTF-8"?>
	<plist version="1.0">
	<dict>
	<key>architecture</key><string>$2</string>
	<key>installed_size</key><integer>$pkg_count</integer>
	<key>pkgname</key><string>${1%-*}</string>
	<key>pkgver</key><string>$1</string>
	<key>short_desc</key><string>a &lt;test&gt; &amp; no more</string>
	<key>version</key><string>${1##*-}</string>
	${3-}
	</dict>
	</plist>
	END
	echo '<plist version="1.0"><dict></dict></plist>' >pkg.tmp/files.plist
	tar cf - -C pkg.tmp ./props.plist ./files.plist | gzip >"$1.$2.xbps"
	rm -r pkg.tmp
}

# strings KEY STRING...: a property that is an array
strings() {
	printf '<key>%s</key><array>' "$1"
	shift
	[ $# -eq 0 ] || printf '%s\n' "$@" |
		sed 's/&/\&amp;/g; s/</\&lt;/g; s/>/\&gt;/g; s|.*|<string>&</string>|'
	printf '</array>\n'
}

# job NAME MAKES [LINE...]: a job in built/ that makes these packages
job() {
	{
		echo "pkgver ${1%.*}"
		echo "arch ${1##*.}"
		for m in $2; do
			echo "makes $m"
		done
		echo "tries 1"
		job_file=spool/built/$1
		shift 2
		[ $# -eq 0 ] || printf '%s\n' "$@"
	} >job.tmp
	mv job.tmp "$job_file"
}

# manifest JOB TRY: the manifest of what lies in the delivery's directory
manifest() {
	(
		cd "spool/incoming/$1" || exit
		rm -f manifest
		echo "job $1"
		echo "try $2"
		find . -name '*.xbps' | sed 's|^\./||' | sort | while read -r f; do
			echo "package $(sha256sum <"$f" | cut -d' ' -f1)" \
				"$(wc -c <"$f") $f"
		done
		echo end
	) >manifest.tmp
	mv manifest.tmp "spool/incoming/$1/manifest"
}

# deliver JOB FILE...: a delivery of package files that lie here, which may have
# a sub-repository before their name
deliver() {
	deliver_job=$1
	shift
	for f; do
		mkdir -p "spool/incoming/$deliver_job/$f"
		rmdir "spool/incoming/$deliver_job/$f"
		mv "${f##*/}" "spool/incoming/$deliver_job/$f"
	done
	manifest "$deliver_job" 1
}

# where JOB: the states that have it, and incoming if its delivery is there
where() {
	(
		cd spool || exit
		for f in */"$1" incoming/."$1".*; do
			[ ! -e "$f" ] || printf '%s ' "${f%%/*}"
		done
	)
}

# indexed REPODATA: what an index has, a line each: index or stage, PKGVER, ARCH
indexed() {
	repodata "$1" | awk '{ print $1, $3, $4 }'
}
