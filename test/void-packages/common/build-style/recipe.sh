# For dishes: cooks files/recipe.

do_build() {
	cook "$FILESDIR/recipe" >"$pkgname.dish"
}

do_install() {
	vinstall "$pkgname.dish" 644 usr/share/dishes "$pkgname"
}
