-- SPDX-License-Identifier: BSD-2-Clause
-- What a registry's own script does that cron runs: it makes keys, rolls them by the date, signs when something has changed or
-- signatures come near their end, and leaves alone what is well. With what it signs and makes keys is the driver's.
local cron = {}

-- What the scenario says, for the shell.
local function rules(subject)
	local is, parent = subject.policy, subject.parent
	local ttl = math.max(is.max_zone_ttl, is.dnskey_ttl)
	local words = {
		zone = subject.zone,
		unsigned = subject.unsigned,
		signing = subject.signing,
		algorithm = is.algorithm,
		kinds = is.csk and "csk" or "ksk zsk",
		ksk_lifetime = is.ksk_lifetime,
		zsk_lifetime = is.zsk_lifetime,
		dnskey_ttl = is.dnskey_ttl,
		validity = is.validity,
		refresh = is.refresh,
		nsec3 = is.nsec3 and "yes" or "no",
		-- RFC 7583, 3.2.1 and 3.3.3: so long until all caches have the new keys, have no signature of the old ones, have the
		-- new DS.
		keys_wait = is.dnskey_ttl + is.propagation,
		zone_wait = ttl + is.propagation,
		ds_wait = parent.polls + parent.propagation + math.max(parent.ds_ttl, is.dnskey_ttl) + is.propagation,
	}
	local lines = {}
	for key, value in pairs(words) do lines[#lines + 1] = ("%s='%s'\n"):format(key, value) end
	table.sort(lines)
	return table.concat(lines)
end

-- A line for each key: KIND STATE SINCE NAME. Of a kind one is `active`; its successor is `published` (a ZSK) or signs beside
-- it (`new`) until all caches have it; what it then follows is `retired`, and goes when no cache needs it any more. A key that is
-- to be made has the name '-'. In `due` is the instant at which something is to be done next.
local STEP = [[
function wait_of(kind, state) {
	if (state == "published" || state == "new") return kind == "csk" ? zone_wait : keys_wait
	if (state == "retired") return kind == "zsk" ? zone_wait : ds_wait
	return (kind == "zsk" ? zsk_lifetime : ksk_lifetime) + 0
}
function is_over(i) { return wait_of(kind[i], state[i]) > 0 && now - since[i] >= wait_of(kind[i], state[i]) }
function add(of, as) { kind[++n] = of; state[n] = as; since[n] = now; name[n] = "-" }
function step(of,   i, other, is_there, is_rolled, comes) {
	for (i = 1; i <= n; i++) {
		if (kind[i] != of) continue
		is_there = 1
		if (asked == "emergency" && of == which) state[i] = "gone"
		if (state[i] == "retired" && is_over(i)) state[i] = "gone"
		if (state[i] == "active" && (is_over(i) || (asked == "roll" && of == which))) is_rolled = 1
		if (state[i] != "published" && state[i] != "new") continue
		comes = 1
		if (!is_over(i)) continue
		for (other = 1; other <= n; other++)
			if (kind[other] == of && state[other] == "active") { state[other] = "retired"; since[other] = now }
		state[i] = "active"; since[i] = now
	}
	if (!is_there || (asked == "emergency" && of == which)) add(of, "active")
	else if (is_rolled && !comes) add(of, of == "zsk" ? "published" : "new")
	else if (asked == "roll" && of == which) { print "a " of " is being rolled already" >"/dev/stderr"; exit 1 }
}
{ kind[++n] = $1; state[n] = $2; since[n] = $3; name[n] = $4 }
END {
	for (count = split(kinds, list, " "); count > 0; count--) step(list[count])
	due = 99999999999
	for (i = 1; i <= n; i++) {
		if (state[i] == "gone") continue
		printf "%s %s %.0f %s\n", kind[i], state[i], since[i], name[i]
		if (wait_of(kind[i], state[i]) > 0 && since[i] + wait_of(kind[i], state[i]) < due)
			due = since[i] + wait_of(kind[i], state[i])
	}
	printf "%.0f\n", due >"due"
}
]]

local SIGN = [=[
# sign.sh [roll KIND | emergency KIND | again]: without a word what cron has it do.
set -eu
. ./rules.sh
. ./tools.sh
now=$(date +%s)
if [ -s state ]; then
	read -r serial resign due algorithm_of_all <state
else
	mkdir keys
	serial=0 resign=0 due=0 algorithm_of_all=$algorithm
	: >table
fi
if [ $# = 0 ] && [ "$now" -lt "$due" ] && [ "$now" -lt "$resign" ] && cmp -s "$unsigned" was.zone; then exit 0; fi
case " $kinds " in
*" ${2-} "*) ;;
*) [ $# -lt 2 ] || { echo 'there is no such key'; exit 1; } ;;
esac
if [ "$algorithm" != "$algorithm_of_all" ]; then
	[ $# = 0 ] || { echo "keys of another algorithm are not for this script: they stay $algorithm_of_all"; exit 1; }
	algorithm=$algorithm_of_all
fi

# Keys.
awk -v now="$now" -v asked="${1-}" -v which="${2-}" -v kinds="$kinds" -v keys_wait="$keys_wait" -v zone_wait="$zone_wait" \
	-v ds_wait="$ds_wait" -v ksk_lifetime="$ksk_lifetime" -v zsk_lifetime="$zsk_lifetime" -f step.awk table >stepped
read -r due <due
: >table.new
while read -r kind state since name; do
	if [ "$name" = - ]; then
		name=$(make_key "$kind")
		echo "$name is a new $kind, $state"
	fi
	echo "$kind $state $since $name" >>table.new
done <stepped
if [ $# = 0 ] && cmp -s table table.new && [ "$now" -lt "$resign" ] && cmp -s "$unsigned" was.zone; then exit 0; fi

# The zone as it is to be signed, and by which keys.
[ "$now" -gt "$serial" ] && serial=$now || serial=$((serial + 1))
awk -v serial="$serial" '$4 == "SOA" { $7 = serial } { print }' "$unsigned" >input.zone
ksks='' zsks=''
while read -r kind state since name; do
	[ "$signing" != off ] || break
	key=$(sed -n '/^;/d; s/^.*DNSKEY[[:blank:]]*\([^;]*\).*/\1/p' "keys/$name.key")
	echo "$zone $dnskey_ttl IN DNSKEY $key" >>input.zone
	case $kind-$state in
	*-published | zsk-retired) ;;
	zsk-*) zsks="$zsks keys/$name" ;;
	*) ksks="$ksks keys/$name" ;;
	esac
	case $kind-$state-$signing in
	ksk-active-on | csk-active-on)
		echo "$zone $dnskey_ttl IN CDS $(ds_of "$name" | sed 's/.*DS[[:blank:]]*//')" >>input.zone
		echo "$zone $dnskey_ttl IN CDNSKEY $key" >>input.zone
		;;
	esac
done <table.new
if [ "$signing" = leaving ]; then
	# RFC 8078, section 4.
	echo "$zone $dnskey_ttl IN CDS 0 0 0 00" >>input.zone
	echo "$zone $dnskey_ttl IN CDNSKEY 0 3 0 AA==" >>input.zone
fi
if [ "$signing" = off ]; then
	cp input.zone signed.new
else
	[ "$zsks" ] || zsks=$ksks
	sign_zone input.zone signed.new "$((now - 3600))" "$((now + validity))" "$ksks" "$zsks"
fi

# What is there now.
cp "$unsigned" was.zone
mv signed.new signed.zone
mv table.new table
echo "$serial $((now + validity - refresh)) $due $algorithm" >state
for file in keys/*.private; do
	name=${file##*/}
	grep -qF "${name%.private}" table || rm -f "${file%.private}".*
done
echo "signed, serial $serial"
]=]

-- A driver's part of its table: `tools` defines, for the shell, make_key KIND, which prints a name; ds_of NAME; and
-- sign_zone FROM TO INCEPTION EXPIRATION KSKS ZSKS, whose keys are paths without an end, of which a CSK is in both.
function cron.driver(driver, tools)
	local function run(...) return { { "/bin/sh", "sign.sh", ... } } end
	driver.every = "6h"
	driver.publishes = "signed.zone"
	driver.configuration = "rules.sh"
	driver.private_keys = { "keys/K*.private" }
	driver.goes_unsigned = true
	function driver.files(subject)
		return { ["rules.sh"] = rules(subject), ["tools.sh"] = tools, ["sign.sh"] = SIGN, ["step.awk"] = STEP }
	end
	function driver.signs() return run() end
	function driver.roll(_, kind) return run("roll", kind) end
	function driver.emergency(_, kind) return run("emergency", kind) end
	function driver.reload() return run("again") end
	function driver.resign() return run("again") end
	return driver
end

return cron
