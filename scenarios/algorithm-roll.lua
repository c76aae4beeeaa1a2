-- SPDX-License-Identifier: BSD-2-Clause
-- A registry changes from ECDSA to Ed25519: one line of its signer's rules, and days of waiting for caches (RFC 6781,
-- section 4.1.4).
local signed = require "lib.signed"
local algorithm = param("algorithm", "ED25519")

scenario {
	name = "algorithm-roll",
	title = "A registry's signer rolls the algorithm of its keys",
	teaches = "a signer that waits for what caches have rolls an algorithm without anybody noticing",
	from = "2026-03-01T00:00Z",
	to = param("to", "+30d"),
}

local registry = signed.registry()

at("2026-03-05T09:00Z", registry:policy { algorithm = algorithm })

signed.healthy(registry, "no cache is bogus at any instant")
registry:expect("the parent has another DS in the end, and all keys are new ones", function(life)
	return life.ds >= 2 and life.ksks == 2 and life.zsks == 2, ("%d KSKs, %d ZSKs"):format(life.ksks, life.zsks)
end)
