# The evaluator of templates: a bash that does once what xbps-src does before it reads
# a template, and then answers requests, each in a subshell that goes on with the
# template. Both halves are the tree's own setup_pkg, so that each tree's templates
# are evaluated in that tree's way.
#
# Arguments: the void-packages tree; the files for etc/defaults.conf and
# etc/conf, "" for none; the machine that builds; the one built for if it is
# another; XBPS_CHECK_PKGS; CHROOT_READY; common/; then the srcpkgs directories.
#
# A request is a line `NONCE I HOW NAME SUBPACKAGES`: the template NAME in the I-th of
# these directories, and the subpackages that it may define, * for any; HOW is q for a
# template that spiff_source is quicker for, else -. The answer is `NONCE LENGTH FIELDS`,
# with a byte 036 between the fields, if there is one, and then `NONCE . STATUS`. No
# template knows its nonce, so that none can forge an answer; the length tells when
# something else was written into the answer. Standard error is for people; the nonce
# ends each request's part of it.
#
# Much of it is read by the tree's code, or text for eval, which the linter cannot see.
# shellcheck disable=SC1007,SC1083,SC1090,SC2015,SC2016,SC2034,SC2053,SC2086,SC2128
# shellcheck disable=SC2154,SC2206

unset spiff_program
exec 7>/dev/null 8<&0 9>&1 </dev/null >&7

# xbps-src's own settings, in its order: defaults, the user's, the caller's.
spiff_settings() {
	local f

	readonly XBPS_DISTDIR=$1 XBPS_CONFIG_FILE=$3 spiff_cross=$5
	[ -z "$2" ] || . "$2"
	[ -z "$3" ] || . "$3"
	[ -z "$6" ] || XBPS_CHECK_PKGS=$6
	XBPS_MACHINE=$4 XBPS_ARCH=$4 XBPS_CROSS_BUILD=$5
	unset XBPS_TARGET_MACHINE IN_CHROOT CHROOT_READY
	[ -z "$7" ] || export CHROOT_READY=$7
	XBPS_MASTERDIR=$1/masterdir-$4 XBPS_HOSTDIR=$1/hostdir XBPS_MAKEJOBS=1
	XBPS_REPOSITORY=$XBPS_HOSTDIR/binpkgs XBPS_GIT_CMD=git
	XBPS_UHELPER_CMD="xbps-uhelper -r $XBPS_MASTERDIR"
	XBPS_INSTALL_CMD="xbps-install -r $XBPS_MASTERDIR"
	XBPS_QUERY_CMD="xbps-query -r $XBPS_MASTERDIR"
	XBPS_RECONFIGURE_CMD="xbps-reconfigure -r $XBPS_MASTERDIR"
	XBPS_REMOVE_CMD="xbps-remove -r $XBPS_MASTERDIR"
	XBPS_CHECKVERS_CMD="xbps-checkvers -r $XBPS_MASTERDIR"
	XBPS_RINDEX_CMD=xbps-rindex XBPS_CMPVER_CMD="xbps-uhelper cmpver"
	XBPS_FETCH_CMD=xbps-fetch XBPS_DIGEST_CMD=xbps-digest
	readonly XBPS_COMMONDIR=$8
	readonly XBPS_SHUTILSDIR=$XBPS_COMMONDIR/xbps-src/shutils
	readonly XBPS_CROSSPFDIR=$XBPS_COMMONDIR/cross-profiles
	readonly XBPS_BUILDSTYLEDIR=$XBPS_COMMONDIR/build-style
	readonly XBPS_BUILDHELPERDIR=$XBPS_COMMONDIR/build-helper
	readonly XBPS_LIBEXECDIR=$XBPS_COMMONDIR/xbps-src/libexec
	readonly XBPS_SRCDISTDIR=$XBPS_HOSTDIR/sources
	readonly XBPS_DESTDIR=$XBPS_MASTERDIR/destdir
	readonly XBPS_BUILDDIR=$XBPS_MASTERDIR/builddir
	# no dependency depends on the time of the last commit, which git takes longer
	# to tell than all else together
	export "${!XBPS_@}" NOCOLORS=1 SOURCE_DATE_EPOCH=0
	for f in "$XBPS_SHUTILSDIR"/*.sh; do
		[ ! -r "$f" ] || . "$f"
	done
}

# Two programs that the tree runs before it reads a template: for GNU's stat it asks
# whether that is there, awk lists the environment.
stat() {
	[[ $* == '-c %s /' ]] || command stat "$@"
}
awk() {
	if [[ $* == 'BEGIN{for (i in ENVIRON) {print i}}' ]]; then
		compgen -e
	else
		command awk "$@"
	fi
}

# before the functions below, which replace the tree's
spiff_settings "$@"
declare -F setup_pkg >/dev/null || {
	echo "ERROR: no setup_pkg in $XBPS_SHUTILSDIR" >&2
	exit 1
}

# Sets spiff_line to a line of setup_pkg, rewritten to run in a tenth of the time if it
# is a test with [ or expands a variable's variable.
spiff_quicken() {
	spiff_line=$1
	if [[ $1 != *'if [ '* ]]; then
		[[ $1 != *'eval val='* ]] ||
			spiff_line=${1/'eval val="\$$f"'/'val=${!f}'}
		return
	fi
	[[ $1 == *'if [ '+([^][*?~\<>\(\)\`\\\'])' ]; then' &&
	    $1 != *[\[!]' -'[ao]' '* && $1 != *' -'[egln][eqt]' '* ]] || return
	spiff_line=${1/'if [ '/'if [[ '}
	spiff_line=${spiff_line/' ];'/' ]];'}
	spiff_line=${spiff_line//' -a '/' && '}
	spiff_line=${spiff_line//' -o '/' || '}
}

# Has spiff_second run the loops that check each variable only if one test of all of
# them together finds a reason to.
spiff_skip() {
	local loop vars
	local deps='${hostmakedepends} ${makedepends} ${checkdepends}'

	vars=${spiff_second#*' _vars="'}
	vars=${vars%%\"*}
	loop='for f in ${_vars};'
	if [[ $vars == +([a-z_ ]) ]]; then
		vars="[[ \"\$spiff_t\$${vars// /\$spiff_t\$}\$spiff_t\" != *\$spiff_t\$spiff_t* ]] || "
		spiff_second=${spiff_second/"$loop"/"$vars$loop"}
	fi
	loop="for x in $deps;"$'\n    do\n        if [[ $x = *[\<\>]* || $x =~ -'
	vars='[[ "'${deps// /}'" != *[\<\>_]* ]] || '
	spiff_second=${spiff_second/"$loop"/"$vars$loop"}
	# a cheap test before a regular expression, which bash compiles each time
	spiff_second=${spiff_second/'$x =~ -'/'$x = *_* && $x =~ -'}
}

# Sets spiff_head, spiff_first and spiff_second: the tree's setup_pkg, cut where it
# begins to read the template. spiff_first is the same for all templates; spiff_head,
# the first lines, sets local variables for both. The lines that set tools and their
# flags are left out: they are half of setup_pkg, and no dependency depends on them. A
# setup_pkg of another shape runs whole for each template.
spiff_cut() {
	local line last= word
	local own='^ +(local |basepkg=|\[ -z "?\$pkg"? \])'
	local tools='CC|CXX|CPP|GCC|FC|LD|AR|AS|RANLIB|STRIP|OBJDUMP|OBJCOPY'
	tools+='|NM|READELF|PKG_CONFIG|RUST_*([A-Z])|*([A-Z])FLAGS'
	tools="*([A-Z_])@($tools)?(_*([a-z_A-Z]))"
	local -a lines

	spiff_head= spiff_first= spiff_second=
	# mapfile would read from a pipe byte by byte
	line=$(declare -f setup_pkg)
	set -f
	IFS=$'\n'
	lines=($line)
	unset -v IFS
	set +f
	for line in "${lines[@]:2:${#lines[@]}-3}"; do
		if [[ $spiff_second ]]; then
			word=${line#"${line%%[! ]*}"}
			if [[ $word == @(export|unset)' '* ]] && word=${word#* } &&
			    [[ ${word%%[=; ]*} == $tools ]]; then
				# an empty branch is a syntax error
				[[ $last != *@(then|else) ]] ||
					spiff_second+=:$'\n'
			else
				spiff_quicken "$line"
				spiff_second+=$spiff_line$'\n'
			fi
		elif [[ $line == *'if [ ! -f '*/template* ]]; then
			spiff_quicken "$line"
			spiff_second+=$spiff_line$'\n'
		elif [[ $spiff_first || ! $line =~ $own ]]; then
			spiff_first+=$line$'\n'
		else
			spiff_head+=$line$'\n'
		fi
		last=$line
	done
	[ "$spiff_second" ] || spiff_head= spiff_first= spiff_second='setup_pkg "$@"'
	spiff_second=${spiff_second/'subpackages="$(get_subpkgs)"'/spiff_subpkgs}
	# no directory can be made here
	spiff_second=${spiff_second/'mkdir -p $XBPS_STATEDIR $XBPS_WRAPPERDIR;'}
	spiff_skip
}

# get_subpkgs with one fork less, or two if the request names the possible subpackages.
spiff_subpkgs() {
	local f

	if [[ $spiff_subs != '*' ]]; then
		for f in $spiff_subs; do
			! declare -F "${f}_package" >/dev/null ||
				subpackages+=${subpackages:+ }$f
		done
		return
	fi
	for f in $(declare -F); do
		[[ $f != *_package ]] ||
			subpackages+=${subpackages:+ }${f%_package}
	done
}

declare -F skip_check_step >/dev/null ||
	skip_check_step() { [ -z "$XBPS_CHECK_PKGS" ] || [ "$XBPS_CROSS_BUILD" ]; }

# Programs that write files would fail here; build helpers call them a lot.
mkdir() { :; }
chmod() { :; }
cp() { :; }
ln() { :; }
cat() { command cat "$@"; }

# Prints the name in a pkgver; leaves all else to the program.
xbps-uhelper() {
	local name=${!#}
	local version=${name##*-}

	if [[ ${*: -2:1} == getpkgname && $name == ?*-* && $name != *' '* &&
	    $version == *([!_])[0-9]*([!_])_+([0-9]) ]]; then
		echo "${name%-*}"
	else
		command xbps-uhelper "$@"
	fi
}

# Sources a template, with expansions in place of the forks that many templates have: for
# names of pkgvers, and vopt_if and the like with plain words. When an option is off, its
# length is 0, and spiff_none has no such element.
spiff_none=([1]="")
spiff_source() {
	if [[ $spiff_path != "$1" ]]; then
		IFS= read -r -d '' spiff_rest <"$1"
		spiff_rest=${spiff_rest//'$($XBPS_UHELPER_CMD getpkgname ${f})'/'${f%-*}'}
		spiff_path=$1 spiff_text=
		while [[ $spiff_rest =~ $spiff_vopt ]]; do
			spiff_text+=${spiff_rest%%"$BASH_REMATCH"*}
			spiff_rest=${spiff_rest#*"$BASH_REMATCH"}
			spiff_option
			spiff_text+=$spiff_line
		done
		spiff_text+=$spiff_rest
	fi
	eval "$spiff_text"
}

# Sets spiff_line to the expansion for the call in BASH_REMATCH.
spiff_option() {
	local option=${BASH_REMATCH[2]}
	local a=${BASH_REMATCH[4]//[\"\']} b=${BASH_REMATCH[6]//[\"\']}
	local flag=${a:-$option}

	case ${BASH_REMATCH[1]}${b:+more} in
	if*) ;;
	with) a=--with-$flag b=--without-$flag ;;
	enable) a=--enable-$flag b=--disable-$flag ;;
	bool) a=-D$flag=true b=-D$flag=false ;;
	feature) a=-D$flag=enabled b=-D$flag=disabled ;;
	*)
		spiff_line=$BASH_REMATCH
		return
		;;
	esac
	option=build_option_$option
	spiff_line="\${$option:+$a}\${spiff_none[\${#$option}]-$b}"
}

# Makes functions of the files that many templates source, so that they are read once;
# spiff_file has the function for a file.
spiff_share() {
	local f text

	for f in "$XBPS_COMMONDIR"/environment/build-style/*.sh \
	    "$XBPS_COMMONDIR/build-profiles/"{bootstrap,"$XBPS_MACHINE"}.sh; do
		[ -f "$f" ] && [ -r "$f" ] || continue
		read -r -d '' text <"$f"
		eval "spiff_file${#spiff_file[@]}() { $text"$'\n'} 2>/dev/null &&
			spiff_file[$f]=spiff_file${#spiff_file[@]}
	done
	source_file() {
		local f=$1

		if [[ ${spiff_file[$f]} ]]; then
			"${spiff_file[$f]}" "$f"
		elif [[ $spiff_how == q && $f == */template && -f $f && -r $f ]]; then
			spiff_source "$f"
		elif [[ -f $f && -r $f ]]; then
			source "$f"
		fi || msg_error "xbps-src: failed to read $f!\n"
	}
}

# The tree's set_build_options forks for each option to read etc/conf, which may use
# XBPS_CURRENT_PKG. This one reads it once for all options.
if [[ $(declare -f set_build_options) == *XBPS_CURRENT_PKG* ]]; then
	set_build_options() {
		[[ -z $build_options ]] || spiff_options
	}
fi

spiff_options() {
	local f words=XBPS_PKG_OPTIONS_${pkgname//[^A-Za-z0-9_]/_}
	local -A options

	if [ "$XBPS_CONFIG_FILE" ]; then
		words=$(
			export XBPS_CURRENT_PKG=$pkgname
			. "$XBPS_CONFIG_FILE" >/dev/null 2>&1
			echo ${!words:-$XBPS_PKG_OPTIONS}
		)
	else
		words=${!words:-$XBPS_PKG_OPTIONS}
	fi
	local IFS=,
	for f in $words $XBPS_ARG_PKG_OPTIONS; do
		case $f in
		'~'?*) options[${f#\~}]=0 ;;
		?*) options[$f]=1 ;;
		esac
	done
	IFS=$' \t\n'
	for f in $build_options_default; do
		[ "${options[$f]}" ] || options[$f]=1
	done
	for f in $build_options; do
		if [ "${options[$f]}" = 1 ]; then
			export "build_option_$f=1"
		else
			unset "build_option_$f"
		fi
	done
	if [ -z "$XBPS_BUILD_OPTIONS_PARSED" ]; then
		# the template again: its variables may depend on the options
		source_file "$XBPS_SRCPKGDIR/$pkgname/template"
		XBPS_BUILD_OPTIONS_PARSED=1
		unset PKG_BUILD_OPTIONS
		set_build_options
		unset XBPS_BUILD_OPTIONS_PARSED
		return 0
	fi
	export PKG_BUILD_OPTIONS=
	for f in $build_options; do
		[ "${options[$f]}" = 1 ] || f="~$f"
		PKG_BUILD_OPTIONS+="$f "
	done
}

# spiff_arch is check_pkg_arch, with its report_broken replaced by spiff_unfit; where
# that is not possible it runs in a subshell, since it may exit.
spiff_text=$(declare -f check_pkg_arch)
if [[ $spiff_text == *report_broken* && $spiff_text != *exit* ]]; then
	spiff_text=${spiff_text//report_broken/spiff_unfit}
	eval "spiff_arch${spiff_text#check_pkg_arch}"
else
	spiff_arch() {
		(show_problems= check_pkg_arch "$1") 2>/dev/null || spiff_unfit
	}
fi

spiff_unfit() {
	[ "$XBPS_IGNORE_BROKENNESS" ] || why="archs: not for $XBPS_TARGET_MACHINE"
}

# Adds to the answer why xbps-src would refuse to build the package.
spiff_refused() {
	local why=

	if [ -z "$XBPS_IGNORE_BROKENNESS" ]; then
		if [ "$spiff_cross" ] && [ "$nocross" ]; then
			why="nocross: $nocross"
		elif [ "$broken" ]; then
			why="broken: $broken"
		fi
	fi
	if [ "$why" ]; then
		:
	elif [ "$restricted" ] && [ -z "$XBPS_ALLOW_RESTRICTED" ]; then
		why="restricted: $restricted"
	elif [ "$archs" ]; then
		spiff_arch "$spiff_cross"
	fi
	spiff_answer+=${why:+$spiff_t"f $why"}
}

# What a subshell does for a request before and after the tree's second half. Both are
# text that becomes part of spiff_serve, since bash copies a function's body at each call.
#
# The run-time dependencies (r) are as setup_pkg_depends collects them, where a
# subpackage keeps the `depends` of the one before; those of each package (p) as its
# package gets them, where each subpackage begins without.
spiff_prepare='
	readonly XBPS_SRCPKGDIR=${spiff_dirs[spiff_i]}
	export XBPS_SRCPKGDIR XBPS_TRIGGERSDIR=$XBPS_SRCPKGDIR/xbps-triggers/files
	set -- "$spiff_name" "$spiff_cross" ignore-problems
'
spiff_tell='
	# the template may have set IFS
	unset -v IFS
	spiff_answer="n $pkgname${spiff_t}v $version${spiff_t}x $revision"
	spiff_answer+="${spiff_t}y $repository${spiff_t}b $build_style"
	spiff_answer+="${spiff_t}B $build_helper${spiff_t}h $hostmakedepends"
	spiff_answer+="${spiff_t}m $makedepends"
	[[ -z $checkdepends ]] || skip_check_step ||
		spiff_answer+="${spiff_t}c $checkdepends"
	[[ -z $nocross$broken$restricted$archs ]] || spiff_refused
	[[ -z $PKG_BUILD_OPTIONS ]] ||
		spiff_answer+="${spiff_t}O $PKG_BUILD_OPTIONS"
	[[ -z $reverts ]] || spiff_answer+="${spiff_t}R $reverts"
	spiff_all=$depends
	spiff_made="p $sourcepkg $depends"
	spiff_no32=
	[[ -z $lib32disabled && $archs != noarch ]] || spiff_no32=$sourcepkg
	spiff_noarch=
	[[ ${archs// } != noarch ]] || spiff_noarch=1
	[[ -z $conflicts ]] || spiff_answer+="${spiff_t}k 0 $conflicts"
	spiff_of=0
	for pkg in $subpackages; do
		"${pkg}_package"
		spiff_all+=" $depends"
	done
	for pkg in $subpackages; do
		depends=
		conflicts=
		pkgname=$pkg
		lib32disabled=
		"${pkg}_package"
		((++spiff_of))
		[[ -z $conflicts ]] || spiff_answer+="${spiff_t}k $spiff_of $conflicts"
		spiff_made+="${spiff_t}p $pkg $depends"
		[[ -z $lib32disabled && $archs != noarch ]] || spiff_no32+=" $pkg"
		[[ ${archs// } == noarch ]] || spiff_noarch=
	done
	[[ -z $spiff_noarch ]] || spiff_answer+="${spiff_t}A 1"
	[[ -z $spiff_no32 ]] || spiff_answer+="${spiff_t}N $spiff_no32"
	spiff_answer+="${spiff_t}r $spiff_all$spiff_t$spiff_made"
	spiff_answer=${spiff_answer//$spiff_n/ }
	printf "%s %d %s\n" "$spiff_nonce" "${#spiff_answer}" "$spiff_answer" >&9
'

# Kills what an evaluation has left running before the next begins: in a process
# namespace, all processes but this shell, the first. The loop ends when bash has
# collected them.
spiff_clear=
[[ $$ != 1 ]] || spiff_clear='while builtin kill -KILL -1 2>&7; do :; done'

declare -A spiff_file
spiff_dirs=("${@:9}")
spiff_n=$'\n' spiff_t=$'\36'
cd /
# in a subshell: the memory that it frees would be copied for each template
eval "$(spiff_cut; declare -p spiff_head spiff_first spiff_second)"
spiff_share
eval "spiff_before() { $spiff_head$spiff_first
}
spiff_serve() {
	while read -r -u 8 spiff_nonce spiff_i spiff_how spiff_name spiff_subs; do
		($spiff_prepare$spiff_head$spiff_second$spiff_tell) 8<&- 9>&1 >&7 7>&-
		spiff_status=\$?
		$spiff_clear
		printf '%s\n' \"\$spiff_nonce\" >&2
		printf '%s . %s\n' \"\$spiff_nonce\" \$spiff_status
	done
}"
spiff_before - "$spiff_cross" ignore-problems
[ -z "$spiff_cross" ] || export CROSS_BUILD=$spiff_cross

# What spiff_source replaces, if the tree's functions print the same as its expansions.
spiff_vopt='^$a'
spiff_text=$(
	for build_option_spiff in 1 ''; do
		vopt_if spiff a b
		vopt_if spiff c
		for f in with enable bool feature; do
			vopt_$f spiff
			vopt_$f spiff x
		done
	done 2>&1
)
if [[ $spiff_text == ac--with-spiff--with-x--enable-spiff--enable-x\
-Dspiff=true-Dx=true-Dspiff=enabled-Dx=enabled\
b--without-spiff--without-x--disable-spiff--disable-x\
-Dspiff=false-Dx=false-Dspiff=disabled-Dx=disabled ]]; then
	spiff_text='[A-Za-z0-9_./=+:,@%-]+|"[A-Za-z0-9_./=+:,@% -]*"'
	spiff_text="( +($spiff_text|'[A-Za-z0-9_./=+:,@% -]*'))?"
	spiff_vopt='\$\(vopt_(if|with|enable|bool|feature) +([A-Za-z0-9_]+)'
	spiff_vopt+="$spiff_text$spiff_text\\)"
fi

# The first request asks for the settings alone.
read -r -u 8 spiff_nonce
echo "$spiff_nonce" >&2
printf '%s %d t %s\n%s . 0\n' "$spiff_nonce" "$((${#XBPS_CROSS_TRIPLET} + 2))" \
    "$XBPS_CROSS_TRIPLET" "$spiff_nonce" >&9
exec >&9 9>&-
spiff_serve
