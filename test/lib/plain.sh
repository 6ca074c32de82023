# The settings of whoever runs tests, demo or bench are not theirs: sourced first.
# shellcheck shell=sh
for name in $(env | sed -n 's/^\(SPIFF_[A-Z]*\)=.*/\1/p'); do
	unset "$name"
done
