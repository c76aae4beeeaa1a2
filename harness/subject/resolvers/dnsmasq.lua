-- SPDX-License-Identifier: BSD-2-Clause
-- dnsmasq, 2.87 and later: a forwarder, for `resolver(NAME, { forward = … })`. It does not validate as it comes, in
-- Debian's configuration as in most routers.

local function lines(list)
	return table.concat(list, "\n") .. "\n"
end

-- "corp.example." is server=/corp.example/ADDRESS; the root is server=ADDRESS.
local function servers(subject)
	if #subject.forward == 0 then
		error("dnsmasq forwards, and cannot resolve by itself: give it another resolver, as in "
			.. 'resolver("front", { forward = { ["."] = behind } })', 0)
	end
	local text = ""
	for _, forward in ipairs(subject.forward) do
		local zone = forward.zone == "." and "" or "/" .. forward.zone:gsub("%.$", "") .. "/"
		for _, address in ipairs(forward.addresses) do
			text = text .. "server=" .. zone .. address .. "\n"
		end
	end
	return text
end

local function anchor(subject)
	local text = ""
	for tag, algorithm, digest, hash in subject.root_ds:gmatch("DS%s+(%d+)%s+(%d+)%s+(%d+)%s+(%x+)") do
		text = text .. ("trust-anchor=.,%s,%s,%s,%s\n"):format(tag, algorithm, digest, hash:upper())
	end
	return text
end

local MITIGATIONS = {
	["validation"] = function(subject)
		return "dnssec\n" .. anchor(subject)
	end,
	["serve-stale-now"] = function()
		return "use-stale-cache=86400\n"
	end,
}

return {
	name = "dnsmasq",
	title = "dnsmasq",
	program = "dnsmasq",
	package = "dnsmasq-base",
	version = { arguments = { "--version" }, pattern = "version (%S+)" },

	configuration = "dnsmasq.conf",
	files = function(subject)
		local mitigation = MITIGATIONS[subject.mitigation]
		return {
			["dnsmasq.conf"] = lines {
				"port=53",
				"listen-address=" .. table.concat({ subject.address4, subject.address6 }, ","),
				"bind-interfaces",
				"no-resolv",
				"no-hosts",
				"no-poll",
				"user=",
				"group=",
				"pid-file=",
				"log-facility=-",
				"cache-size=" .. (subject.options["cache-size"] or 150),
			} .. servers(subject) .. (mitigation and mitigation(subject) or "") .. subject.settings,
		}
	end,
	forwards = true,
	start = function(subject)
		return { subject.program, "--keep-in-foreground", "--conf-file=dnsmasq.conf" }
	end,

	options = {
		["cache-size"] = { about = "how many names it keeps (cache-size); 150 as it comes", least = 0, most = 1000000 },
	},

	mitigations = {
		["none"] = { about = "as it comes: does not validate, and passes on what it is told" },
		["validation"] = { about = "validates itself (dnssec, trust-anchor)" },
		["serve-stale-now"] = { about = "answers from expired records at once, and asks afterwards (use-stale-cache)" },
	},
}
