-- SPDX-License-Identifier: BSD-2-Clause
-- .co.nz, 29 May 2023, from where it came: in one step the old KSK leaves the zone, another one takes its place, and the registry
-- has its DS at once. Caches have the old DS for two days, and nothing for it to lead to.
local signed = require "lib.signed"

scenario {
	name = "nz-2023-signer",
	title = "A signer's KSK and its DS are replaced in one step",
	teaches = "a KSK stays in the zone until its DS has run out in the last cache: two days after it is gone at the parent",
	from = "2023-05-27T00:00Z",
	to = param("to", "2023-06-01T12:00Z"),
}

local registry = signed.registry({ algorithm = param("algorithm", "RSASHA256"), dnskey_ttl = 3600 }, { ds_ttl = 172800 })

at("2023-05-29T10:45Z", registry:roll("ksk", { emergency = true }))
at("2023-05-29T10:46Z", registry:parent_ds "newest")

registry:expect("caches with the old DS are bogus from then on", function(life)
	for _, span in ipairs(life.bogus) do
		if span.step == "KSK out" then return span.from:sub(1, 16) == "2023-05-29T10:45", span.from end
	end
	return false, "they are not"
end)
signed.over(registry, "it is over when the old DS has run out, 48 hours later", "2023-05-31T10:47")
registry:expect("and not much sooner", function(life)
	local last = ""
	for _, span in ipairs(life.bogus) do
		if span.to and span.to > last then last = span.to end
	end
	return last >= "2023-05-31T10:00", last
end)
