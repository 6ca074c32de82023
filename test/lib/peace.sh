# What has to be true once all that was started for a spool has ended: sourced after
# lib.sh by tests that kill. The spool is ./spool, the repository ./repo, and ./log has
# what the programs have said.

# shellcheck disable=SC2154

# ended: nothing of what was started for this spool is left
ended() {
	! grep -qsa "SPIFF_SPOOL=$SPIFF_SPOOL" /proc/[0-9]*/environ
}

# left: what is there of it
left() {
	for f in $(grep -lsa "SPIFF_SPOOL=$SPIFF_SPOOL" /proc/[0-9]*/environ); do
		pid=${f%/environ} pid=${pid#/proc/}
		printf '%s ' "$pid"
		tr '\0\n' '  ' <"/proc/$pid/cmdline"
		echo
	done 2>/dev/null
}

# untidy: says what is wrong with the repository, and what is left of the work
untidy() {
	spiff-index -v repo 2>&1 || echo 'spiff-index -v: exit 1'
	spiff-index -r repo >>log 2>&1
	find spool/tmp spool/incoming repo -mindepth 1 ! -name '*.xbps' ! -name .lock \
		! -name '*-repodata' ! -name '*-repodata.lock'
	grep -aE 'signal (4|6|7|8|11)( |$)|AddressSanitizer|runtime error' log
}
