# What a template asks about its build options.

vopt_if() {
	local name=build_option_$1

	if [ "${!name}" ]; then
		printf '%s' "$2"
	else
		printf '%s' "$3"
	fi
}

vopt_with() {
	vopt_if "$1" "--with-${2:-$1}" "--without-${2:-$1}"
}

vopt_enable() {
	vopt_if "$1" "--enable-${2:-$1}" "--disable-${2:-$1}"
}

vopt_bool() {
	vopt_if "$1" "-D${2:-$1}=true" "-D${2:-$1}=false"
}

vopt_feature() {
	vopt_if "$1" "-D${2:-$1}=enabled" "-D${2:-$1}=disabled"
}

vopt_conflict() {
	if [ "$(vopt_if "$1" yes)" ] && [ "$(vopt_if "$2" yes)" ]; then
		msg_error "options '$1' and '$2' conflict\n"
	fi
}
