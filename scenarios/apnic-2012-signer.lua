-- SPDX-License-Identifier: BSD-2-Clause
-- APNIC's reverse zones, 7 December 2012, from where it came: a standby signer takes over at 19:00 (+10, 09:00 UTC), with the
-- same KSK and ZSKs of its own. Its zone is valid, and whoever has the DNSKEY RRset of before cannot validate it, for as long as
-- its TTL: "up to 24 hours".
--
-- --set keys=copied is the standby that has a copy of the key store, and is noticed by nobody once its zone is signed.
local signed = require "lib.signed"
local keys = param("keys", "own")

scenario {
	name = "apnic-2012-signer",
	title = "A standby signer takes over with ZSKs of its own",
	teaches = "a standby wants the same keys: a zone that is valid by itself is bogus to every cache that knows those of before",
	from = "2012-12-05T00:00Z",
	to = param("to", "2012-12-10T00:00Z"),
}

local registry = signed.registry({ algorithm = "RSASHA256" })

at("2012-12-07T09:00Z", registry:standby { keys = keys })

if keys == "own" then
	registry:expect("caches that know the old ZSK are bogus from the takeover on", function(life)
		local first = life.bogus[1]
		if not first then return false, "no cache is ever bogus" end
		return first.from >= "2012-12-07T09:00" and first.from < "2012-12-07T09:30", first.step .. ", from " .. first.from
	end)
	signed.over(registry, "it is over after the TTL of a day", "2012-12-08T10")
else
	signed.over(registry, "no cache is bogus once the zone is signed", "2012-12-07T09:01")
end
