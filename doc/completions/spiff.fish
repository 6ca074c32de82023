# Completion of spiff's programs for fish. The flags are those that -h prints, the
# packages those of the trees: spiff-env says where the trees are.

function __spiff_packages
	for dir in (spiff-env 2>/dev/null | string replace -rf '^SPIFF_DISTDIR=(.*)\t.*' '$1' | string split :)
		path basename $dir/srcpkgs/*
	end
end

for program in bump clean deps enqueue env index run status
	set -l name spiff-$program
	command -q $name; or continue
	for line in ($name -h 2>/dev/null | string match -r '^  -.*')
		set -l letter (string sub -s 4 -l 1 -- $line)
		set -l arg (string trim -- (string sub -s 6 -l 10 -- $line))
		set -l what (string sub -s 17 -- $line)
		if test -n "$arg"
			complete -c $name -s $letter -d $what -r
		else
			complete -c $name -s $letter -d $what
		end
	end
	contains $program bump deps enqueue status
	and complete -c $name -f -a '(__spiff_packages)'
end
