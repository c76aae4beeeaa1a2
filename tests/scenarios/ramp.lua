-- SPDX-License-Identifier: BSD-2-Clause
-- A TLD like .de is signed badly, and its proofs, which all unsigned names hang on, have a TTL of four minutes: one cache falls off a
-- cliff when it has to fetch them again, and when that is follows from when it was started. For the test of fleets.

local offset = param("offset", 0) -- seconds that it begins later, the fault staying where it is

scenario {
	name = "ramp",
	from = ("2026-05-05T19:%02d:%02dZ"):format(14 + offset // 60, offset % 60),
	to = "2026-05-05T19:23Z",
}

collect { bin = "10s" }

local root = zone(".", { algorithm = "RSASHA256", servers = { "198.18.0.1" } })
local de = zone("de.", {
	parent = root,
	algorithm = "RSASHA256",
	ksk = { bits = 2048 },
	zsk = { old = { bits = 1024 }, new = { bits = 1024, published = "2026-05-02T12:00Z" } },
	nsec3 = { optout = true },
	ttl = { dnskey = 240, delegation = 86400, ds = 86400, nsec3 = 240, negative = 240 },
	servers = { "198.18.1.1" },
	delegations = population { count = 100000, hosters = 20, ttl = { [30] = 1 } },
})

traffic {
	zone = de,
	rate = 10,
	names = zipf { exponent = 1.0, count = 100 },
	clients = 100,
	stub = { timeout = "2s", attempts = 1 },
}

at("19:18", de:sign { key = "new", mismatched = 2 / 3, always_mismatched = { "apex-nsec3" } })
