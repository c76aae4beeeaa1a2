-- SPDX-License-Identifier: BSD-2-Clause
-- Nothing breaks. A TLD for each algorithm and way of denial, and leafs of every algorithm. All of their leafs are
-- signed, but half of those of the TLD that `tested` names: so it is known of every answer whether it is secure.
local tested = param("tested", "a.")
local names = param("names", "") -- a file of questions; without it some are drawn, half of them for absent names

scenario { name = "algorithms", title = "Every algorithm and denial", from = "2026-05-05T12:00Z", to = "+60s" }

local root = zone(".", { algorithm = "ED25519", servers = { { "198.18.0.1", "fd00:5f::1" } } })

local tlds = {
	{ apex = "a.", algorithm = "RSASHA256", leafs = "ED25519", ksk = { bits = 2048 }, zsk = { bits = 1024 } },
	{ apex = "b.", algorithm = "RSASHA512", leafs = "RSASHA256", nsec3 = { optout = true } },
	{ apex = "c.", algorithm = "ECDSAP256SHA256", leafs = "RSASHA512",
	  nsec3 = { optout = false, iterations = 5, salt = "aabb" } },
	{ apex = "d.", algorithm = "ED25519", leafs = "ECDSAP256SHA256", csk = {} },
	{ apex = "e.", algorithm = "RSASHA512", leafs = "ED25519", nsec3 = { optout = false } },
	{ apex = "f.", algorithm = "ED25519", leafs = "ED25519", nsec3 = { optout = true, iterations = 1, salt = "05" } },
}

local zones = {}
for i, t in ipairs(tlds) do
	zones[t.apex] = zone(t.apex, {
		parent = root,
		algorithm = t.algorithm,
		ksk = t.ksk,
		zsk = t.zsk,
		csk = t.csk,
		nsec3 = t.nsec3,
		servers = { { "198.18.1." .. i, "fd00:5f::1:" .. i } },
		delegations = population {
			count = 100,
			signed = t.apex == tested and 0.5 or 1,
			algorithm = t.leafs,
			hosters = 3,
			ttl = { [300] = 1 },
		},
	})
end

if names ~= "" then
	traffic { text = names, rate = 50, clients = 50, dnssec_ok = true, zone = zones[tested] }
else
	traffic { rate = 10, clients = 50, dnssec_ok = true, zone = zones[tested], names = zipf { count = 50 }, nxdomain = 0.5 }
end
