/* SPDX-License-Identifier: BSD-2-Clause */
#include "harness/text/exit.h"

#include <errno.h>

bool exit_is_environment(int code)
{
	return code == -ENOPKG || code == -EPERM || code == -ENOSYS || code == -EOPNOTSUPP ||
	       code == -EAGAIN || code == -EMFILE || code == -ENFILE || code == -ENOMEM;
}
