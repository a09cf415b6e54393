/* SPDX-License-Identifier: Apache-2.0 */
#include "bin/sandbox.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <linux/landlock.h>
#include <pwd.h>
#include <seccomp.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/hash.h"
#include "base/log.h"

/* Above every range that distributions, systemd and container managers hand out (systemd's UIDS-GIDS list).
 */
#define ID_FIRST 1900000000u
#define ID_SPAN 1000000u

/* What every process needs to read: libraries, time zones, its own state, devices; and what fonts there are,
   which else core would find out again from all of them. */
static const char *const system_paths[] = {
	"/usr", "/lib", "/lib64", "/etc", "/proc", "/sys", "/dev", "/run/systemd", "/var/cache/fontconfig"};

#define FILE_RIGHTS \
	(LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE)
#define READ_RIGHTS (LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR)
#define WRITE_RIGHTS                                                                                  \
	(READ_RIGHTS | LANDLOCK_ACCESS_FS_WRITE_FILE | LANDLOCK_ACCESS_FS_REMOVE_DIR |                \
	 LANDLOCK_ACCESS_FS_REMOVE_FILE | LANDLOCK_ACCESS_FS_MAKE_DIR | LANDLOCK_ACCESS_FS_MAKE_REG | \
	 LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_MAKE_SYM)
#define HANDLED_RIGHTS                                                                \
	(WRITE_RIGHTS | LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_FIFO | \
	 LANDLOCK_ACCESS_FS_MAKE_BLOCK)

/* Calls no process of ours makes, and an intruder would like to: they answer EPERM. */
static const int denied_calls[] = {
	SCMP_SYS(execve),
	SCMP_SYS(execveat),
	SCMP_SYS(ptrace),
	SCMP_SYS(process_vm_readv),
	SCMP_SYS(process_vm_writev),
	SCMP_SYS(mount),
	SCMP_SYS(umount2),
	SCMP_SYS(pivot_root),
	SCMP_SYS(chroot),
	SCMP_SYS(setns),
	SCMP_SYS(unshare),
	SCMP_SYS(bpf),
	SCMP_SYS(kexec_load),
	SCMP_SYS(init_module),
	SCMP_SYS(finit_module),
	SCMP_SYS(delete_module),
	SCMP_SYS(reboot),
	SCMP_SYS(swapon),
	SCMP_SYS(swapoff),
	SCMP_SYS(add_key),
	SCMP_SYS(request_key),
	SCMP_SYS(keyctl),
	SCMP_SYS(userfaultfd),
	SCMP_SYS(setuid),
	SCMP_SYS(setgid),
	SCMP_SYS(setreuid),
	SCMP_SYS(setregid),
	SCMP_SYS(setresuid),
	SCMP_SYS(setresgid),
	SCMP_SYS(settimeofday),
	SCMP_SYS(clock_settime),
	SCMP_SYS(acct),
	SCMP_SYS(open_by_handle_at),
	SCMP_SYS(io_uring_setup),
	SCMP_SYS(quotactl),
};

static unsigned id_of(const char *name)
{
	return ID_FIRST + (unsigned)(hash_str(str_from(name)) % ID_SPAN);
}

gid_t sandbox_group(void)
{
	const struct group *group = getgrnam("wanglou");

	return group ? group->gr_gid : id_of("wanglou");
}

uid_t sandbox_user(const char *process)
{
	char name[64];
	const struct passwd *user;

	snprintf(name, sizeof(name), "wanglou-%s", process);
	user = getpwnam(name);
	return user ? user->pw_uid : id_of(name);
}

bool sandbox_reachable(const char *path)
{
	char part[PATH_MAX];
	size_t len = strlen(path);
	struct stat status;

	if (len >= sizeof(part))
		return false;
	for (size_t i = 1; i <= len; i++) {
		if (path[i] != '/' && path[i] != 0)
			continue;
		memcpy(part, path, i);
		part[i] = 0;
		if (stat(part, &status) < 0 || (S_ISDIR(status.st_mode) && !(status.st_mode & S_IXOTH)))
			return false;
	}
	return true;
}

int sandbox_drop(const char *process, bool keep_logs, struct err *ret_err)
{
	static const char *const names[] = {"adm", "systemd-journal"};
	gid_t extra[2], gid = sandbox_group();
	uid_t uid = sandbox_user(process);
	size_t count = 0;

	if (getuid() != 0)
		return 0;
	for (size_t i = 0; keep_logs && i < sizeof(names) / sizeof(names[0]); i++) {
		const struct group *group = getgrnam(names[i]);

		if (group)
			extra[count++] = group->gr_gid;
	}
	if (setgroups(count, extra) < 0 || setresgid(gid, gid, gid) < 0 || setresuid(uid, uid, uid) < 0)
		return err_set(ret_err, -errno, 0, 0, "cannot become user %u: %s", uid, strerror(errno));
	return 0;
}

static int allow_path(int ruleset, const char *path, uint64_t rights)
{
	struct landlock_path_beneath_attr rule = {.allowed_access = rights};
	struct stat status;
	int r;

	rule.parent_fd = open(path, O_PATH | O_CLOEXEC);
	if (rule.parent_fd < 0)
		return errno == ENOENT ? 0 : -errno;
	if (fstat(rule.parent_fd, &status) == 0 && !S_ISDIR(status.st_mode))
		rule.allowed_access &= FILE_RIGHTS;
	r = (int)syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
	r = r < 0 ? -errno : 0;
	close(rule.parent_fd);
	return r;
}

static int allow_paths(int ruleset, const struct sandbox *sandbox, uint64_t write_rights)
{
	int r = 0;

	for (size_t i = 0; i < sizeof(system_paths) / sizeof(system_paths[0]) && r == 0; i++)
		r = allow_path(ruleset, system_paths[i], READ_RIGHTS);
	if (r == 0)
		r = allow_path(ruleset, "/dev", READ_RIGHTS | LANDLOCK_ACCESS_FS_WRITE_FILE);
	for (size_t i = 0; sandbox->readable[i] && r == 0; i++)
		r = allow_path(ruleset, sandbox->readable[i], READ_RIGHTS);
	for (size_t i = 0; sandbox->writable[i] && r == 0; i++)
		r = allow_path(ruleset, sandbox->writable[i], write_rights);
	return r;
}

/* Moving a file between folders, as the store does with its parts, must be granted by name since ABI 2. */
static uint64_t refer_right(void)
{
	long abi = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);

	return abi >= 2 ? LANDLOCK_ACCESS_FS_REFER : 0;
}

static int enter_landlock(const struct sandbox *sandbox)
{
	uint64_t refer = refer_right();
	struct landlock_ruleset_attr attr = {.handled_access_fs = HANDLED_RIGHTS | refer};
	int ruleset = (int)syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0), r;

	if (ruleset < 0 && (errno == ENOSYS || errno == EOPNOTSUPP)) {
		log_warning("this kernel has no Landlock: files are protected by their modes alone");
		return 0;
	}
	if (ruleset < 0)
		return -errno;
	r = allow_paths(ruleset, sandbox, WRITE_RIGHTS | refer);
	if (r == 0 && syscall(SYS_landlock_restrict_self, ruleset, 0) < 0)
		r = -errno;
	close(ruleset);
	return r;
}

static int enter_seccomp(bool inet)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	int r = filter ? 0 : -ENOMEM;

	for (size_t i = 0; i < sizeof(denied_calls) / sizeof(denied_calls[0]) && r == 0; i++)
		r = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), denied_calls[i], 0);
	if (r == 0 && !inet) {
		r = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(socket), 1,
				     SCMP_A0(SCMP_CMP_EQ, AF_INET));
		if (r == 0)
			r = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(socket), 1,
					     SCMP_A0(SCMP_CMP_EQ, AF_INET6));
	}
	if (r == 0)
		r = seccomp_rule_add(filter, SCMP_ACT_ERRNO(EACCES), SCMP_SYS(socket), 1,
				     SCMP_A0(SCMP_CMP_EQ, AF_PACKET));
	if (r == 0)
		r = seccomp_load(filter);
	seccomp_release(filter);
	return r;
}

int sandbox_enter(const struct sandbox *sandbox, struct err *ret_err)
{
	int r;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return err_set(ret_err, -errno, 0, 0, "no_new_privs: %s", strerror(errno));
	r = enter_landlock(sandbox);
	if (r < 0)
		return err_set(ret_err, r, 0, 0, "Landlock: %s", err_text(r));
	r = enter_seccomp(sandbox->inet);
	return r < 0 ? err_set(ret_err, r, 0, 0, "seccomp: %s", err_text(r)) : 0;
}
