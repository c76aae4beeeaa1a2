-- SPDX-License-Identifier: BSD-2-Clause
-- An algorithm is rolled on one side alone. side=zone: the signer throws keys away and signs by the new algorithm at once,
-- whatever caches and the parent have (.gov was without the algorithm of its DS on 14 August 2013). side=parent: the registrar
-- enters the DS of the new algorithm in the place of the old one's as soon as he finds its key in the zone.
local signed = require "lib.signed"
local side = param("side", "zone")

scenario {
	name = "one-sided",
	title = "An algorithm is rolled on one side: in the zone, or at the parent",
	teaches = "DS, DNSKEY and signatures change algorithm one after the other, when caches know the one before (RFC 6781, 4.1.4)",
	from = "2026-03-01T00:00Z",
	to = param("to", "+12d"),
}

local registry = signed.registry()

local function bogus(text, step, by)
	registry:expect(text, function(life)
		local first = life.bogus[1]
		if not first then return false, "no cache is ever bogus" end
		return first.from >= "2026-03-05T09:01" and first.from <= by and (not step or first.step == step),
			first.step .. ", from " .. first.from
	end)
end

at("2026-03-05T09:00Z", registry:policy { algorithm = param("algorithm", "ED25519") })
if side == "zone" then
	at("2026-03-05T09:01Z", registry:roll("ksk", { emergency = true }))
	at("2026-03-05T09:01Z", registry:roll("zsk", { emergency = true }))
	-- Knot DNS at once; BIND, whose old keys are on their way out by then, when the parent has taken its CDS.
	bogus("caches are bogus within two hours", nil, "2026-03-05T11:01")
else
	-- BIND publishes keys and signatures at once, Knot DNS its keys a day after the signatures: one of both finds a new key.
	at("2026-03-05T09:30Z", registry:parent_ds "newest")
	at("2026-03-06T12:00Z", registry:parent_ds "newest")
	bogus("caches that know the old keys are bogus from then on", "DS in", "2026-03-06T12:01")
end
