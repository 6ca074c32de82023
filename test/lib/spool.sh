# Spools and repositories made by hand: sourced after lib.sh.
SPIFF_ARCH=x86_64 SPIFF_HOST=x86_64 SPIFF_REPO=repo
export SPIFF_ARCH SPIFF_HOST SPIFF_REPO

# job STATE NAME [LINE]...: puts a job of x86_64 into a state, asked for when
# asked says
asked=1000
job() {
	job_to=spool/$1/$2.x86_64
	{
		printf 'pkgver %s\narch x86_64\nasked %s\nmakes %s\n' "$2" \
			"$asked" "${2%-*}"
		shift 2
		[ $# -eq 0 ] || printf '%s\n' "$@"
	} >job.tmp
	mv job.tmp "$job_to"
}

# repo PKGVER...: a build repository with these packages; stage.plist, where there
# is one, is its stage
repo() {
	rm -rf repo
	mkdir -p repo
	{
		echo '<plist version="1.0"><dict>'
		for pkgver; do
			printf '<key>%s</key><dict><key>architecture</key>' \
				"${pkgver%-*}"
			printf '<string>x86_64</string><key>pkgver</key>'
			printf '<string>%s</string></dict>\n' "$pkgver"
		done
		echo '</dict></plist>'
	} >index.plist
	: >index-meta.plist
	[ -e stage.plist ] || : >stage.plist
	tar cf - index.plist index-meta.plist stage.plist |
		gzip >repo/x86_64-repodata
}
