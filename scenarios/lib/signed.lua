-- SPDX-License-Identifier: BSD-2-Clause
-- What the scenarios of signers share: a registry whose zone a real signer signs, by rules as registries have them. Nobody asks
-- anything: what is judged is each version against every cache that may still be alive.
local signed = {}

-- The registry's signer, whose rules may be others than here, and which may have an HSM, another TTL of its DS, or number of
-- names. DS and DNSKEY are kept for a day, signatures hold for two weeks and are made anew a week before their end.
function signed.registry(policy, more)
	more = more or {}
	local rules = { dnskey_ttl = 86400, propagation = "1h", validity = "14d", refresh = "7d" }
	for key, value in pairs(policy or {}) do rules[key] = value end
	local root = zone(".", { servers = { "198.18.0.1" }, ttl = { ds = more.ds_ttl or 86400 } })
	local tld = zone("example.", {
		parent = root,
		servers = { "198.18.1.1" },
		ttl = { negative = 3600 },
		delegations = population { count = param("population", more.population or 20), signed = 0.2 },
	})
	return signer("registry", {
		zone = tld,
		driver = param("driver", "knot"),
		policy = rules,
		hsm = more.hsm,
		parent = { polls = "1h", propagation = "1h" },
	})
end

-- The first span in which some cache is bogus begins within these instants and is of that step.
function signed.first(registry, text, step, from, to)
	registry:expect(text, function(life)
		local first = life.bogus[1]
		if not first then return false, "no cache is ever bogus" end
		return first.step == step and first.from >= from and first.from <= to,
			("%s: %s, from %s"):format(first.owner .. " " .. first.type, first.step, first.from)
	end)
end

-- Of all RRsets such a share was bogus in spans of that step, at most at once, but for chance: five standard deviations.
function signed.share(registry, text, step, wanted)
	registry:expect(text, function(life)
		local most = 0
		for _, span in ipairs(life.bogus) do
			if span.step == step then most = math.max(most, span.rrsets) end
		end
		local share, chance = most / life.rrsets, 5 * math.sqrt(wanted * (1 - wanted) / life.rrsets)
		return math.abs(share - wanted) <= chance,
			("%d of %d RRsets, %.1f %% against %.1f %%"):format(most, life.rrsets, 100 * share, 100 * wanted)
	end)
end

-- All spans are over at that instant.
function signed.over(registry, text, by)
	registry:expect(text, function(life)
		local last = ""
		for _, span in ipairs(life.bogus) do
			local to = span.to or "never"
			if to > last then last = to end
		end
		return last <= by, last ~= "" and "the last until " .. last or nil
	end)
end

function signed.healthy(registry, text)
	registry:expect(text, function(life)
		local first = life.bogus[1]
		return not first, first and ("%s %s: %s, from %s"):format(first.owner, first.type, first.step, first.from) or nil
	end)
end

return signed
