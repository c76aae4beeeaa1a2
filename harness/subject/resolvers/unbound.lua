-- SPDX-License-Identifier: BSD-2-Clause
-- Unbound (NLnet Labs), 1.17 and later.

local function lines(list)
	return table.concat(list, "\n") .. "\n"
end

local function listen(subject)
	local list = {}
	for _, address in ipairs { subject.address4 or false, subject.address6 or false } do
		if address then
			list[#list + 1] = "    interface: " .. address
		end
	end
	list[#list + 1] = "    do-ip4: " .. (subject.address4 and "yes" or "no")
	list[#list + 1] = "    do-ip6: " .. (subject.address6 and "yes" or "no")
	return lines(list)
end

-- RFC 8767, section 5: keep stale records for a day, give them out with a TTL of 30 seconds, and try for so many
-- milliseconds before; 0 is not at all.
local function serve_stale(timeout)
	return lines {
		"    serve-expired: yes",
		"    serve-expired-client-timeout: " .. timeout,
		"    serve-expired-ttl: 86400",
		"    serve-expired-ttl-reset: no",
		"    serve-expired-reply-ttl: 30",
		"    ede-serve-expired: yes",
	}
end

-- As it comes it keeps nothing longer than a day. A TTL has at most 31 bits (RFC 2181, section 8).
local LONG_TTLS = "    cache-max-ttl: 2147483647\n"

-- What a mitigation changes.
local MITIGATIONS = {
	["serve-stale"] = serve_stale(1800),
	["serve-stale-now"] = serve_stale(0),
	["prefetch"] = lines { "    prefetch: yes", "    prefetch-key: yes" },
	["long-ttls"] = LONG_TTLS,
	["strict"] = LONG_TTLS .. "    harden-algo-downgrade: yes\n",
}

local function configuration(subject)
	local anchor = subject.root_key ~= "" and '    trust-anchor-file: "root.key"\n' or ""
	local modules = subject.mitigation == "no-validation" and "iterator" or "validator iterator"
	return lines {
		"server:",
		'    directory: "' .. subject.folder .. '"',
		'    chroot: ""',
		'    username: ""',
		'    pidfile: ""',
		"    do-daemonize: no",
		"    use-syslog: no",
		'    logfile: ""',
		"    verbosity: 1",
		"    val-log-level: 2 # puts the reason into the extended error, too",
		"    num-threads: 1",
		"    port: 53",
		"    access-control: 0.0.0.0/0 allow",
		"    access-control: ::/0 allow",
		'    root-hints: "root.hints"',
		'    module-config: "' .. modules .. '"',
		"    msg-cache-size: 64m",
		"    rrset-cache-size: 128m",
		"    ede: yes",
		"    extended-statistics: yes",
		"    statistics-cumulative: yes",
		"    statistics-interval: 0",
	} .. listen(subject) .. anchor .. (MITIGATIONS[subject.mitigation] or "") .. lines {
		"remote-control:",
		"    control-enable: yes",
		'    control-interface: "' .. subject.folder .. '/control.socket"',
		"    control-use-cert: no",
	} .. subject.settings
end

local function control(subject, ...)
	return { subject.control, "-c", "unbound.conf", ... }
end

return {
	name = "unbound",
	title = "Unbound",
	default = true,
	program = "unbound",
	control = "unbound-control",
	package = "unbound",
	version = { arguments = { "-V" }, pattern = "^Version (%S+)" },

	configuration = "unbound.conf",
	files = function(subject)
		return {
			["unbound.conf"] = configuration(subject),
			["root.hints"] = subject.root_hints,
			["root.key"] = subject.root_key .. "\n",
		}
	end,
	start = function(subject)
		return { subject.program, "-d", "-p", "-c", "unbound.conf" }
	end,

	operations = {
		-- It takes hold when the zone's keys have left the key cache; a flush of the zone makes that at once.
		["nta"] = function(subject, zone)
			return { control(subject, "insecure_add", zone) }
		end,
		["nta-remove"] = function(subject, zone)
			return { control(subject, "insecure_remove", zone) }
		end,
		["flush"] = function(subject, zone)
			return { control(subject, "flush_zone", zone) }
		end,
		["flush-all"] = function(subject)
			return { control(subject, "flush_zone", ".") }
		end,
		["reload"] = function(subject)
			return { control(subject, "reload") }
		end,
		["validation-off"] = function(subject)
			return { control(subject, "set_option", "val-permissive-mode:", "yes"), control(subject, "flush_bogus") }
		end,
		["validation-on"] = function(subject)
			return { control(subject, "set_option", "val-permissive-mode:", "no") }
		end,
	},

	counters = {
		command = function(subject)
			return control(subject, "stats_noreset")
		end,
		-- One thread: its own numbers are the totals. Of the histogram only the mean and the median are kept.
		read = function(text)
			local counters = {}
			for name, value in text:gmatch("([%w._-]+)=(-?[%d.]+)\n") do
				if not name:match("^thread%d") and not name:match("^histogram") then
					counters[name] = tonumber(value)
				end
			end
			counters["request-list"] = counters["total.requestlist.current.all"]
			return counters
		end,
	},

	mitigations = {
		["none"] = { about = "as it comes: nothing is done" },
		["serve-stale"] = { about = "answers from expired records when fresh ones can't be had (RFC 8767)" },
		["serve-stale-now"] = { about = "answers from expired records at once, and asks afterwards" },
		["prefetch"] = { about = "asks anew when a tenth of a record's time is left, and for keys early" },
		["no-validation"] = { about = "does not validate" },
		["long-ttls"] = { about = "keeps what it fetched as long as its TTL says" },
		["strict"] = { about = "wants a signature of each algorithm in the DS RRset, and keeps it as long as its TTL says" },
	},
}
