-- SPDX-License-Identifier: BSD-2-Clause
-- slack.com's way back, 30 September 2021: the DS is taken out of .com and the zone goes unsigned at the same instant, while
-- caches have the DS for a day. The hour is not known (scenarios/slack-2021.lua).
--
-- --set way=slow is the way that RFC 8078 has: the signer asks for the DS to be taken out, and signs until it has run out.
local signed = require "lib.signed"
local way = param("way", "at_once")

scenario {
	name = "slack-2021-signer",
	title = "A zone goes unsigned while caches have its DS",
	teaches = "going unsigned takes the DS's TTL, too: the DS goes first, the signatures a day later",
	from = "2021-09-28T00:00Z",
	to = param("to", "2021-10-04T00:00Z"),
}

local registry = signed.registry({ dnskey_ttl = 3600 })

if way == "at_once" then
	at("2021-09-30T16:00Z", registry:parent_ds "none")
	at("2021-09-30T16:00Z", registry:unsigned { at_once = true })
	registry:expect("caches with the DS are bogus from then on", function(life)
		local first = life.bogus[1]
		if not first then return false, "no cache is ever bogus" end
		return first.from >= "2021-09-30T16:00" and first.from < "2021-09-30T16:05", first.step .. ", from " .. first.from
	end)
	signed.over(registry, "it is over when the DS has run out", "2021-10-01T16:01")
else
	at("2021-09-30T16:00Z", registry:unsigned())
	signed.healthy(registry, "no cache is bogus at any instant")
end
