-- SPDX-License-Identifier: BSD-2-Clause
-- OpenDNSSEC (NLnet Labs), 2.1: ods-enforcerd has the keys rolled by its policy, ods-signerd signs and serves the zone.
-- Keys are in a token of SoftHSM, states of keys in an SQLite database, all of it in its folder.

local function lines(list)
	return table.concat(list, "\n") .. "\n"
end

-- A duration, as XML Schema has it.
local function seconds(number)
	return ("PT%dS"):format(number)
end

-- Its own name for the zone has no dot at the end.
local function zone_of(subject)
	return (subject.zone:gsub("%.$", ""))
end

-- RFC 8624's numbers, and the bits that a key has by them.
local ALGORITHMS = {
	RSASHA256 = { 8, 2048 },
	RSASHA512 = { 10, 2048 },
	ECDSAP256SHA256 = { 13, 512 },
	ECDSAP384SHA384 = { 14, 768 },
	ED25519 = { 15, 256 },
	ED448 = { 16, 456 },
}

-- One that is never rolled is rolled by hand alone; it wants a lifetime all the same.
local NEVER = 10 * 365 * 86400

local function key(kind, lifetime, is)
	local algorithm = ALGORITHMS[is.algorithm]
	return lines {
		"<" .. kind .. ">",
		('<Algorithm length="%d">%d</Algorithm>'):format(algorithm[2], algorithm[1]),
		"<Lifetime>" .. seconds(lifetime == 0 and NEVER or lifetime) .. "</Lifetime>",
		"<Repository>SoftHSM</Repository>",
		lifetime == 0 and "<ManualRollover/>" or "",
		"</" .. kind .. ">",
	}
end

local function keys(is)
	if is.csk then
		return key("CSK", is.ksk_lifetime, is)
	end
	return key("KSK", is.ksk_lifetime, is) .. key("ZSK", is.zsk_lifetime, is)
end

-- RFC 9276: no salt, no iterations.
local NSEC3 = [[
<NSEC3>
<Resalt>P100D</Resalt>
<Hash><Algorithm>1</Algorithm><Iterations>0</Iterations><Salt length="0"/></Hash>
</NSEC3>]]

local function kasp(subject)
	local is, parent = subject.policy, subject.parent
	return lines {
		'<?xml version="1.0" encoding="UTF-8"?>',
		'<KASP><Policy name="scenario">',
		subject.signing == "off" and "<Passthrough/>" or "",
		"<Description>of the scenario</Description>",
		"<Signatures>",
		-- It looks that often for signatures to make anew: what has a week left does not wait for a day more.
		"<Resign>" .. seconds(math.max(is.refresh // 8, 60)) .. "</Resign>",
		"<Refresh>" .. seconds(is.refresh) .. "</Refresh>",
		"<Validity>",
		"<Default>" .. seconds(is.validity) .. "</Default>",
		"<Denial>" .. seconds(is.validity) .. "</Denial>",
		"</Validity>",
		"<Jitter>PT0S</Jitter>",
		"<InceptionOffset>PT3600S</InceptionOffset>",
		"<MaxZoneTTL>" .. seconds(is.max_zone_ttl) .. "</MaxZoneTTL>",
		"</Signatures>",
		"<Denial>" .. (is.nsec3 and NSEC3 or "<NSEC/>") .. "</Denial>",
		"<Keys>",
		"<TTL>" .. seconds(is.dnskey_ttl) .. "</TTL>",
		"<RetireSafety>PT3600S</RetireSafety>",
		"<PublishSafety>PT3600S</PublishSafety>",
		"<Purge>P14D</Purge>",
		subject.signing == "on" and keys(is) or "",
		"</Keys>",
		"<Zone>",
		"<PropagationDelay>" .. seconds(is.propagation) .. "</PropagationDelay>",
		"<SOA>",
		"<TTL>" .. seconds(is.soa_ttl) .. "</TTL>",
		"<Minimum>" .. seconds(is.negative_ttl) .. "</Minimum>",
		"<Serial>counter</Serial>",
		"</SOA>",
		"</Zone>",
		"<Parent>",
		"<PropagationDelay>" .. seconds(parent.propagation) .. "</PropagationDelay>",
		"<DS><TTL>" .. seconds(parent.ds_ttl) .. "</TTL></DS>",
		"<SOA><TTL>" .. seconds(parent.ds_ttl) .. "</TTL><Minimum>" .. seconds(parent.ds_ttl) .. "</Minimum></SOA>",
		"</Parent>",
		"</Policy></KASP>",
	}
end

-- Its keys are in a token in any case.
local SOFTHSM = { module = "/usr/lib/softhsm/libsofthsm2.so", token = "signer", pin = "1234" }

local function configuration(subject)
	local here, hsm = subject.folder .. "/", subject.hsm or SOFTHSM
	return lines {
		'<?xml version="1.0" encoding="UTF-8"?>',
		"<Configuration>",
		'<RepositoryList><Repository name="SoftHSM">',
		"<Module>" .. hsm.module .. "</Module>",
		"<TokenLabel>" .. hsm.token .. "</TokenLabel>",
		"<PIN>" .. hsm.pin .. "</PIN>",
		"</Repository></RepositoryList>",
		"<Common>",
		"<Logging><Verbosity>3</Verbosity></Logging>",
		"<PolicyFile>" .. here .. "kasp.xml</PolicyFile>",
		"<ZoneListFile>" .. here .. "zonelist.xml</ZoneListFile>",
		"</Common>",
		"<Enforcer>",
		"<Datastore><SQLite>" .. here .. "kasp.db</SQLite></Datastore>",
		"<ManualKeyGeneration/>",
		"<DelegationSignerSubmitCommand>" .. here .. "submit</DelegationSignerSubmitCommand>",
		"<DelegationSignerRetractCommand>" .. here .. "retract</DelegationSignerRetractCommand>",
		"<WorkingDirectory>" .. here .. "enforcer</WorkingDirectory>",
		"<WorkerThreads>1</WorkerThreads>",
		"</Enforcer>",
		"<Signer>",
		"<WorkingDirectory>" .. here .. "signer</WorkingDirectory>",
		"<WorkerThreads>1</WorkerThreads>",
		"<SignerThreads>1</SignerThreads>",
		"<Listener><Interface>",
		"<Address>" .. subject.address4 .. "</Address>",
		"<Port>53</Port>",
		"</Interface></Listener>",
		"</Signer>",
		"</Configuration>",
	}
end

local function output(subject)
	local tsig = subject.tsig
	local by = tsig and "<Key>" .. tsig.name .. "</Key>" or ""
	return lines {
		'<?xml version="1.0" encoding="UTF-8"?>',
		"<Adapter><DNS>",
		tsig and ("<TSIG><Name>%s</Name><Algorithm>%s</Algorithm><Secret>%s</Secret></TSIG>"):format(
			tsig.name, tsig.algorithm, tsig.secret
		) or "",
		"<Outbound>",
		"<ProvideTransfer><Peer><Prefix>" .. subject.transfers_from .. "</Prefix>" .. by .. "</Peer></ProvideTransfer>",
		"<Notify><Remote><Address>" .. subject.notify .. "</Address>" .. by .. "</Remote></Notify>",
		"</Outbound></DNS></Adapter>",
	}
end

local function zonelist(subject)
	local here = subject.folder .. "/"
	return lines {
		'<?xml version="1.0" encoding="UTF-8"?>',
		'<ZoneList><Zone name="' .. zone_of(subject) .. '">',
		"<Policy>scenario</Policy>",
		"<SignerConfiguration>" .. here .. "signconf/zone.xml</SignerConfiguration>",
		"<Adapters>",
		'<Input><Adapter type="File">' .. here .. subject.unsigned .. "</Adapter></Input>",
		'<Output><Adapter type="DNS">' .. here .. "addns.xml</Adapter></Output>",
		"</Adapters>",
		"</Zone></ZoneList>",
	}
end

-- Its hooks are given a DNSKEY record: what is to be in the parent is in parent.keys, a key a line.
local SUBMIT = [[
#!/bin/sh
cat >>%s/parent.keys
]]

local RETRACT = [[
#!/bin/sh
cd %s || exit
read -r record
grep -vF "${record##*DNSKEY }" parent.keys >parent.new
mv parent.new parent.keys
]]

-- Its own ods-enforcer-db-setup makes the database of the machine's conf.xml alone; this is what it does.
local SIGNER = [[
set -e
PATH="${0%/*}:$PATH"
export SOFTHSM2_CONF="$PWD/softhsm2.conf"
mkdir -p /run/opendnssec
chmod +x submit retract
if [ ! -e kasp.db ]; then
	mkdir enforcer signer signconf
	if [ ! -d tokens ]; then
		mkdir tokens
		softhsm2-util --init-token --free --label signer --pin 1234 --so-pin 1234
	fi
	{
		echo 'PRAGMA synchronous = OFF;'
		cat /usr/share/opendnssec/schema.sqlite
		echo 'INSERT INTO databaseVersion (version) VALUES (1);'
	} | sqlite3 kasp.db
fi
exec ods-signerd -d -c conf.xml
]]

local ENFORCER = [[
PATH="${0%/*}:$PATH"
export SOFTHSM2_CONF="$PWD/softhsm2.conf"
exec ods-enforcerd -d -c conf.xml
]]

-- It waits to be told of each key: $2 has the tags of those that have a DS. What it waits for it lists.
local DS_CHANGED = [[
for step in seen gone; do
	"$0" key ds-$step | while read -r zone role tag id rest; do
		[ "$zone" = "$1" ] || continue
		case " $2 " in *" $tag "*) is=seen ;; *) is=gone ;; esac
		[ $is != $step ] || "$0" key ds-$step --zone "$zone" --cka_id "$id"
	done
done
]]

-- Keys are made when it is told, for all of the scenario and one more. By itself the enforcer makes them while the signer
-- looks for its own in the token, and may see them or not.
local function generate(subject)
	local is = subject.policy
	local duration = seconds(math.max(subject.lasts, 0) + math.max(is.ksk_lifetime, is.zsk_lifetime, 3600))
	return { subject.control, "key", "generate", "--policy", "scenario", "--duration", duration }
end

-- Without what it has in store there is nothing to use again.
local RESIGN = [[
set -e
PATH="${0%/*}:$PATH"
ods-signer clear "$1"
ods-signer sign "$1"
]]

-- The zone is another one, whose policy passes it on as it is. What changes twice in a second it does not see.
local UNSIGNED = [[
set -e
PATH="${0%/*}:$PATH"
ods-enforcer policy import
ods-enforcer zone delete --zone "$1"
ods-enforcer zonelist import
touch -d '1 minute' enforcer/zones.xml signconf/zone.xml
ods-signer update "$1"
ods-signer clear "$1"
ods-signer sign "$1"
]]

return {
	name = "opendnssec",
	title = "OpenDNSSEC",
	program = "ods-signerd",
	control = "ods-enforcer",
	package = "opendnssec-enforcer-sqlite3 opendnssec-signer softhsm2 sqlite3",
	version = { arguments = { "-V" }, pattern = "version (%d[%w.]*)" },
	configuration = "kasp.xml",
	files = function(subject)
		return {
			["conf.xml"] = configuration(subject),
			["kasp.xml"] = kasp(subject),
			["zonelist.xml"] = zonelist(subject),
			["addns.xml"] = output(subject),
			["softhsm2.conf"] = not subject.hsm and "directories.tokendir = " .. subject.folder .. "/tokens\n" or nil,
			["submit"] = SUBMIT:format(subject.folder),
			["retract"] = RETRACT:format(subject.folder),
		}
	end,
	start = function(subject)
		return {
			{ "/bin/sh", "-c", SIGNER, subject.program },
			{ "/bin/sh", "-c", ENFORCER, subject.program },
		}
	end,
	begin = function(subject)
		return {
			{ subject.control, "policy", "import" },
			{ subject.control, "zonelist", "import" },
			generate(subject),
		}
	end,
	submits = "parent.keys",
	ds_changed = function(subject)
		local tags = {}
		for i, ds in ipairs(subject.parent.ds) do
			tags[i] = ds:match("^%d+")
		end
		return { { "/bin/sh", "-c", DS_CHANGED, subject.control, zone_of(subject), table.concat(tags, " ") } }
	end,
	roll = function(subject, kind)
		return {
			generate(subject),
			{ subject.control, "key", "rollover", "--zone", zone_of(subject), "--keytype", kind:upper() },
		}
	end,
	private_keys = { "tokens/*/*-*.object", "tokens/*/generation" },
	hsm = true,
	goes_unsigned = true,
	tsig = true,
	resign = function(subject)
		return { { "/bin/sh", "-c", RESIGN, subject.program, zone_of(subject) } }
	end,
	reload = function(subject)
		local import = { subject.control, "policy", "import" }
		if subject.signing == "off" then
			return { { "/bin/sh", "-c", UNSIGNED, subject.program, zone_of(subject) } }
		end
		return subject.signing == "on" and { import, generate(subject) } or { import }
	end,
}
