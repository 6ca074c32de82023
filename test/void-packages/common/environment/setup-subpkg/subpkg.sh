# Unsets what each package of a template has for itself.

unset -v depends provides replaces conflicts conf_files metapackage
unset -v shlib_provides
unset -f pkg_install
