-- SPDX-License-Identifier: BSD-2-Clause
-- What resolvers tell their users about each fault of the catalogue: one question a fault, each to a resolver that
-- was started for it alone.
--
-- The zones are those of Nosyk, Korczyński and Duda, "Extended DNS Errors: Unlocking the Full Potential of DNS
-- Troubleshooting" (IMC 2023, DOI 10.1145/3618257.3624835), who found that seven resolvers agreed in few of 63 cases, and
-- of those who carried it on since. No code is written down here that a resolver should give: it is a measurement.
--
--	sigfault run ede -r unbound,bind,knot,powerdns
--	sigfault run ede -r unbound=$PWD/unbound --baseline ede-1.17
--	sigfault run ede --set only=rrsig        the cases that have this in their name

local only = param("only", "")

scenario {
	name = "ede",
	title = "What resolvers tell of each fault",
	from = "2026-05-05T12:00Z",
	to = "+3d",
}

local root = zone(".", { algorithm = "RSASHA256", servers = { "198.18.0.1" } })

-- The parent of them all, ".ede.".
local parent = zone("ede.", {
	parent = root,
	algorithm = "RSASHA256",
	nsec3 = { iterations = 0, salt = "" },
	servers = { "198.18.0.2" },
})

local TTL = { soa = 600, ns = 600, dnskey = 600, nsec3 = 600, negative = 600, address = 600 }
local TTL_NSEC = { soa = 600, ns = 600, dnskey = 600, nsec = 600, negative = 600, address = 600 }
local SOA = { refresh = 21600, retry = 3600, expire = 604800 }

local count = 0

local function address()
	count = count + 1
	return ("198.18.%d.%d"):format(1 + count // 250, 1 + count % 250)
end

-- All zones have the keys of this one, for which nobody asks: making keys takes longest.
local keys = zone("keys.ede.", {
	parent = parent,
	algorithm = "RSASHA256",
	ksk = { bits = 2048 },
	zsk = { bits = 2048 },
	servers = { ["ns1.keys.ede."] = address() },
})

-- A zone as they all are, with what a fault needs of it: one server with a glue record, KSK and ZSK of RSASHA256 and 2048
-- bits that both sign the keys, NSEC3 without iterations and salt, and nothing else in it.
local function zone_for(name, want)
	local apex = name .. ".ede."
	local plan = {
		parent = parent,
		servers = { ["ns1." .. apex] = address() },
		soa = SOA,
		bare = not want.child,
		ttl = want.nsec and TTL_NSEC or TTL,
	}
	if want.unsigned then
		plan.signed = false
		plan.ttl = { soa = 600, ns = 600, negative = 600, address = 600 }
		return zone(apex, plan)
	end
	plan.dnskey_signatures = "both"
	if want.nsec then
		plan.denial = "nsec"
	else
		plan.nsec3 = { iterations = 0, salt = "", optout = want.optout }
	end
	plan.keys_of = keys
	return zone(apex, plan)
end

-- An unsigned delegation below.
local function child_of(z, name)
	local apex = "child." .. name .. ".ede."
	zone(apex, { parent = z, signed = false, servers = { ["ns1." .. apex] = address() } })
	return apex
end

-- A case, and the fault that it is of.
local function ask(name, want)
	if not name:find(only, 1, true) then
		return
	end
	local z = want.root and root or zone_for(name, want)
	local about = { zone = z, name = want.name, type = want.type, at = want.at, below = want.below, before = want.before }
	local parameters = want.parameters
	if want.child then
		about.name = child_of(z, name)
	end
	if want.with then
		parameters = { with = zone_for(name .. "-2", { unsigned = want.unsigned }) }
	end
	at(want.since or "+0s", z:fault(want.fault, parameters))
	case(name, about)
end

-- What the catalogue does not say: parameters that a fault must be told, faults that are several cases, and what to ask and
-- when. Resolvers accept signatures a while after their end (Unbound a tenth of their time, up to a day), and some faults
-- only hurt who remembers what was before: of those a first question comes before the fault.
local SPECIAL = {
	["rrsig-expire-at"] = { { at = "+36h" } },
	["nsec-bitmap-wrong"] = { { before = { at = "+0s", type = "MX" }, at = "+1m", nsec = true } },
	["nsec3-iter"] = {},
	["nsec3-optout-missing"] = { { child = true } },
	["zone-truncated"] = { { child = true, parameters = { share = 0.01 } } },
	["lagging-copy"] = { { parameters = { by = "1h" } } },
	["authority-drop"] = { { parameters = { share = 0.5 } } },
	["authority-delay"] = { { parameters = { by = "2s" } } },
	["authority-pps-cap"] = { { parameters = { pps = 1 } } },
	["path-mtu"] = { { parameters = { mtu = 300 } } },
	-- Who follows a delegation has its DS from the referral: only who asks for that is sent it.
	["ds-referral"] = { { type = "DS" } },
	-- Algorithms that go with NSEC alone (RFC 5155, section 2).
	["rsamd5"] = { { nsec = true } },
	["dsa"] = { { nsec = true } },
	["rsasha1"] = { { nsec = true } },
	["tc-loop"] = { {}, { case = "tc-loop-udp", parameters = { over = "udp" } } },
	["no-edns"] = { {}, { case = "no-edns-formerr", parameters = { answers = "formerr" } } },
	["delegation-loop"] = { { with = true, unsigned = true } },
	["algo-set-incomplete"] = { { parameters = { algorithm = "ecdsap256sha256" } } },
	["algo-roll-one-sided"] = { { parameters = { algorithm = "ecdsap256sha256" } } },
	-- The DNSKEY RRset has run out by then, the DS has not.
	["ksk-dropped-before-parent-ds-expiry"] = {
		{ case = "ksk-dropped-before-ds-expiry", before = { at = "+0s" }, since = "+5m", at = "+20m" },
	},
	["ds-removed-while-cached"] = { { before = { at = "+0s" }, since = "+5m", at = "+20m" } },
	-- The DNSKEY RRset has not, and an RRset that was never asked for has other signatures.
	["standby-signer-other-zsk"] = { { before = { at = "+0s", type = "A" }, since = "+5m", at = "+6m", type = "AAAA" } },
	-- The root's, so when all others have been asked, and for a name that needs its keys again.
	["trust-anchor-stale"] = {
		{ root = true, name = "nobody.", before = { at = "+2d" }, since = "+2885m", at = "+52h" },
	},
	["ede"] = {},
	["rcode"] = {},
}
for _, n in ipairs { 0, 1, 50, 51, 100, 101, 150, 151, 200, 500, 1000, 1500, 2000, 2500 } do
	table.insert(SPECIAL["nsec3-iter"], { case = "nsec3-iter-" .. n, parameters = { iterations = n } })
end
for code = 0, 30 do
	table.insert(SPECIAL["ede"], { case = "ede-" .. code, parameters = { code = code } })
end
for _, code in ipairs { 10000, 50000 } do
	table.insert(SPECIAL["ede"], { case = "ede-" .. code, parameters = { code = code } })
end
for rcode in ("formerr servfail nxdomain notimp refused yxdomain yxrrset nxrrset notauth notzone"):gmatch("%S+") do
	table.insert(SPECIAL["rcode"], { case = "rcode-" .. rcode, parameters = { rcode = rcode } })
end

-- A random label is asked for where a denial is what can be wrong.
local function asks_below(fault)
	return fault.group == "Denial of existence" or fault.name:find("nsec3", 1, true) ~= nil
end

-- Each fault of the catalogue, also one that is new in it.
for _, fault in ipairs(catalogue()) do
	for _, one in ipairs(SPECIAL[fault.name] or { {} }) do
		local want = {
			fault = fault.name,
			nsec = fault.needs_nsec,
			optout = fault.needs_optout,
			unsigned = fault.group == "Delegations and glue",
			below = asks_below(fault) and not one.child and not one.before,
		}
		for key, value in pairs(one) do
			want[key] = value
		end
		ask(one.case or fault.name, want)
	end
end
