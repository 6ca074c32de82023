# Completion of spiff's programs for fish. The flags and their arguments are those that -h
# prints; spiff-env says where the trees, the spool and the repository are.

function __spiff_setting
	spiff-env 2>/dev/null | string replace -rf "^$argv[1]=(.*)\t.*" '$1'
end

function __spiff_packages
	for dir in (__spiff_setting SPIFF_DISTDIR | string split :)
		path basename $dir/srcpkgs/*
	end
end

# those that the trees have profiles of
function __spiff_arches
	for dir in (__spiff_setting SPIFF_DISTDIR | string split :)
		path basename $dir/common/{build,cross}-profiles/*.sh
	end | string replace -r '\.sh$' '' | string match -v bootstrap
end

# those of the spool
function __spiff_jobs
	path basename (__spiff_setting SPIFF_SPOOL)/{new,wait,ready,run,built,done,fail,cancel}/* |
		string match -r '^.*-[^-]*_[0-9]+\.[^.]+$' | string match -rv '\.reason$'
end

# the packages of the repository
function __spiff_indexed
	spiff-index -l 2>/dev/null | string replace -rf '^([^\t]*)-[^-\t]*\t.*' '$1'
end

# the pkgvers of the repository that have a file
function __spiff_older
	path basename (__spiff_setting SPIFF_REPO)/*.xbps |
		string replace -r '\.[^.]*\.xbps$' ''
end

for program in bump clean deps enqueue env index run status
	set -l name spiff-$program
	command -q $name; or continue
	for line in ($name -h 2>/dev/null | string match -r '^  -.*')
		set -l letter (string sub -s 4 -l 1 -- $line)
		set -l arg (string trim -- (string sub -s 6 -l 10 -- $line))
		set -l what (string sub -s 17 -- $line)
		switch $arg
			case ''
				complete -c $name -s $letter -d $what
			case arch host
				complete -c $name -s $letter -d $what -x -a '(__spiff_arches)'
			case pkg
				complete -c $name -s $letter -d $what -x -a '(__spiff_packages)'
			case builder
				complete -c $name -s $letter -d $what -x -a (string replace ' or' '' -- $what)
			case '*'
				complete -c $name -s $letter -d $what -r
		end
	end
	switch $program
		case bump deps enqueue
			complete -c $name -f -a '(__spiff_packages)'
		case status
			complete -c $name -f -a '(__spiff_jobs)'
		case index
			complete -c $name -n '__fish_contains_opt -s d' -f -a '(__spiff_indexed)'
			complete -c $name -n '__fish_contains_opt -s u' -f -a '(__spiff_older)'
	end
end
