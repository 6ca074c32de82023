hostmakedepends+=" cook"
