-- SPDX-License-Identifier: BSD-2-Clause
-- What the scenarios of signers share: a registry whose zone a real signer signs, by rules as registries have them. Nobody asks
-- anything: what is judged is each version against every cache that may still be alive.
local signed = {}

-- The registry's signer, whose rules may be others than here. DS and DNSKEY are kept for a day, signatures hold for two weeks
-- and are made anew a week before their end.
function signed.registry(policy)
	local rules = { dnskey_ttl = 86400, propagation = "1h", validity = "14d", refresh = "7d" }
	for key, value in pairs(policy or {}) do rules[key] = value end
	local root = zone(".", { servers = { "198.18.0.1" }, ttl = { ds = 86400 } })
	local tld = zone("example.", {
		parent = root,
		servers = { "198.18.1.1" },
		ttl = { negative = 3600 },
		delegations = population { count = param("population", 20), signed = 0.2 },
	})
	return signer("registry", {
		zone = tld,
		driver = param("driver", "knot"),
		policy = rules,
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
