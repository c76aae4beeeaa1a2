-- SPDX-License-Identifier: BSD-2-Clause
-- ldns' examples (NLnet Labs): a script that cron runs makes keys by ldns-keygen and signs by ldns-signzone.
local cron = require "lib.cron"

return cron.driver({
	name = "ldns",
	title = "ldns-signzone",
	program = "ldns-signzone",
	package = "ldnsutils",
	version = { arguments = { "-v" }, pattern = "version (%d[%w.]*)" },
}, [[
make_key() {
	[ "$1" = zsk ] && flag= || flag=-k
	(cd keys && ldns-keygen $flag -a "$algorithm" "$zone")
}
ds_of() { ldns-key2ds -f -n -2 "keys/$1.key"; }
sign_zone() {
	[ "$nsec3" = no ] && proof= || proof='-n -t 0'
	ldns-signzone $proof -d -o "$zone" -i "$3" -e "$4" -f "$2" "$1" $(printf '%s\n' $5 $6 | sort -u)
}
]])
