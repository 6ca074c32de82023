#!/bin/sh
# Graphs in layers.
. "$(dirname "$0")/lib/lib.sh"

# draws NAME NODES EDGES WANTED: edges as "1-0 2-0"
draws() {
	printf '%s\n' "$3" | tr ' -' '\n ' >edges
	is "$1" "$(layout "$2" <edges)" "$4"
}

draws 'nothing' 0 '' ''
draws 'a node' 1 '' 'node 0 0 15'
draws 'a chain' 3 '2-1 1-0' \
'node 0 0 15
node 1 1 15
node 2 2 15
line 1 0 2
line 2 1 2'
draws 'side by side' 3 '2-1 2-0' \
'node 0 0 15
node 1 0 45
node 2 1 30
line 2 1 2
line 2 0 2'
draws 'what a longer way says is left out' 3 '2-1 1-0 2-0 2-0' \
'node 0 0 15
node 1 1 15
node 2 2 15
line 1 0 2
line 2 1 2'
draws 'an edge twice is one line' 2 '1-0 1-0' \
'node 0 0 15
node 1 1 15
line 1 0 2'
draws 'a cycle is cut open' 2 '1-0 0-1' \
'node 0 1 15
node 1 0 15
line 0 1 2'
draws 'an edge to itself is none' 1 '0-0' 'node 0 0 15'
draws 'lines need not cross' 4 '2-1 3-0' \
'node 0 0 15
node 1 0 45
node 2 1 45
node 3 1 15
line 2 1 2
line 3 0 2'

# random graphs keep the rules: the program says what is wrong
seed=1
while [ $seed -le 20 ]; do
	awk -v seed=$seed 'BEGIN {
		srand(seed)
		for (i = 1; i < 120; i++)
			for (k = 0; k < 4 * rand(); k++)
				print i, int(rand() * i)
	}' >edges
	layout 120 <edges >out
	grep -v '^node\|^line' out
	grep -c '^node' out
	seed=$((seed + 1))
done | sort -u >seen
is 'random graphs' "$(cat seen)" 120
plan
