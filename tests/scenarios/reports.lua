-- SPDX-License-Identifier: BSD-2-Clause
-- de. names an agent to whom errors are reported, and is signed with the wrong key for a minute; net. names none.

scenario { name = "reports", from = "2026-05-05T19:18Z", to = "+180s" }

local root = zone(".", { servers = { "198.18.0.1" } })
local net = zone("net.", { parent = root, servers = { "198.18.2.1" } })
local de = zone("de.", {
	parent = root,
	servers = { "198.18.1.1" },
	ttl = { dnskey = 5 },
	nsec3 = { optout = true }, -- so that denials are asked for
	report_channel = "agent.example.",
	zsk = { old = {}, new = { published = "2026-05-02T12:00Z" } },
	delegations = population { count = 200, signed = 0.5, ttl = { [9] = 1 } },
})
-- Of a signed one a resolver would make the answers by itself out of its wildcard (RFC 8198).
local agent = zone("agent.example.", { parent = root, signed = false, servers = { "198.18.3.1" } })

agent:record '* 300 TXT "thanks"'
net:record "www 300 A 192.0.2.1"

traffic { zone = de, rate = 5, names = zipf { exponent = 1.0, count = 50 }, clients = 10, fresh = 0.3, nxdomain = 0.4 }

at("+60s", de:sign { key = "new", mismatched = 1 })
at("+120s", de:sign { key = "old" })

-- What a resolver that reports would send.
local REPORT = "dig +tries=1 +time=60 @$SIGFAULT_RESOLVER "

mitigation("by-hand", function()
	monitor { every = "50s", name = "report", command = { "sh", "-c", REPORT .. "_er.28.no.such.de.9._er.agent.example. TXT" } }
	monitor { every = "50s", name = "address", command = { "sh", "-c", REPORT .. "_er.28.of.address.de.9._er.agent.example. A" } }
	monitor { every = "50s", name = "half", command = { "sh", "-c", REPORT .. "_er.28.of.half.de._er.agent.example. TXT" } }
	expect("a report is counted, and nothing that is none", function(run)
		local n = run:reports("+50s", "+51s")
		return n > 0 and n == run:reports() and n == run:reports(nil, nil, { resolver = "resolver" })
	end)
end)
