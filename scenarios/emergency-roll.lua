-- SPDX-License-Identifier: BSD-2-Clause
-- A ZSK has got into wrong hands, and its owner takes it out at once, without a wait for caches: what they have was signed by
-- it, or does not know the new one.
local signed = require "lib.signed"

scenario {
	name = "emergency-roll",
	title = "A registry's ZSK is replaced at once",
	teaches = "to throw a key away at once costs the TTLs of the zone: a second key published beforehand is the way round it",
	from = "2026-03-01T00:00Z",
	to = param("to", "+12d"),
}

local registry = signed.registry()

at("2026-03-05T09:00Z", registry:roll("zsk", { emergency = true }))

registry:expect("caches are bogus from that instant on", function(life)
	local first = life.bogus[1]
	return first and first.from >= "2026-03-05T09:00" and first.from <= "2026-03-05T10:30" or false, first and first.from or "never"
end)
signed.over(registry, "it is over when what they had has run out", "2026-03-06T12")
