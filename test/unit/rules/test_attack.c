/* SPDX-License-Identifier: Apache-2.0 */
/* The tables of ATT&CK: what is refused, and that every technique that is shipped has a name in Chinese. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/io.h"
#include "base/map.h"
#include "rules/attack.h"

/* All that a Chinese name may say in Latin letters. */
static const char *const latin[] = {
	/* systems, programs, formats: as they are written */
	"Active", "AppCert", "AppDomainManager", "AppInit", "AppleScript", "At", "AutoHotKey", "AutoIT",
	"BITS", "Basic", "COR_PROFILER", "Ccache", "ClickOnce", "Confluence", "Cron", "Dylib", "ESXi",
	"Electron", "Emond", "Gatekeeper", "InstallUtil", "JamPlus", "JavaScript", "Kerberos",
	"KernelCallbackTable", "Keychain", "LC_LOAD_DYLIB", "Launch", "Agent", "Daemon", "Launchctl", "Linux",
	"Lua", "MSBuild", "Mac", "Mavinject", "Mshta", "Msiexec", "Netsh", "Odbcconf", "Office", "Outlook",
	"PATH", "Plist", "PowerShell", "Ptrace", "PubPrn", "Python", "Regasm", "Regsvcs", "Regsvr32",
	"Rundll32", "Securityd", "Setgid", "Setuid", "Setup", "SharePoint", "Shell", "Sudo",
	"SyncAppvPublishingServer", "Systemctl", "Systemd", "Test", "Trap", "Udev", "Unix", "Verclsid",
	"Visual", "Windows", "Winlogon", "etc", "passwd", "proc", "shadow", "vSphere",
	/* abbreviations */
	"APC", "API", "ARP", "AS-REP", "C2", "CDN", "CHM", "CMSTP", "COM", "DCOM", "DDE", "DGA", "DHCP",
	"DLL", "DNS", "EWM", "HTML", "IDE", "IFEO", "IIS", "IP", "LLMNR", "LNK", "LSA", "LSASS", "MIB", "MMC",
	"MOTW", "NAT", "NBT-NS", "NTDS", "NTFS", "PAM", "PE", "PID", "RC", "RDP", "RLO", "SAM", "SAML", "SEO",
	"SID", "SIP", "SMB", "SNMP", "SQL", "SSH", "SSP", "SVG", "TCC", "TFTP", "TLS", "UAC", "USB", "VBA",
	"VDSO", "VIB", "VNC", "VPS", "WHOIS", "WMI", "XDG", "XPC", "XSL",
	/* what Chinese has no other word for */
	"Bootkit", "Cookie", "DCShadow", "DCSync", "Doppelg\xc3\xa4nging", "Fast", "Flux", "Kerberoasting",
	"ListPlanting", "ROMMONkit", "Roasting", "Rootkit", "Shim", "Web", "Webhook", "Webshell", "Wi-Fi",
	"WinRM"};

struct lab {
	char folder[32];
	struct attack attack;
	struct arena *arena;
	struct err err;
};

static const char *shipped(struct lab *lab)
{
	return arena_printf(lab->arena, "%s/content/attack", getenv("WANGLOU_SOURCE_ROOT")).ptr;
}

static int set_up(void **state)
{
	struct lab *lab = calloc(1, sizeof(*lab));

	lab->arena = arena_new(0);
	strcpy(lab->folder, "/tmp/wl-attack-XXXXXX");
	*state = lab;
	return mkdtemp(lab->folder) ? 0 : -1;
}

static int tear_down(void **state)
{
	struct lab *lab = *state;
	char command[64];

	snprintf(command, sizeof(command), "rm -r %s", lab->folder);
	attack_done(&lab->attack);
	arena_free(lab->arena);
	free(lab);
	return system(command);
}

static void put(const struct lab *lab, const char *name, const char *text)
{
	char path[96];
	int fd;

	snprintf(path, sizeof(path), "%s/%s", lab->folder, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	assert_true(fd >= 0);
	assert_int_equal(io_write(fd, text, strlen(text)), 0);
	close(fd);
}

static struct str find_chinese(const struct attack *attack, const char *tag)
{
	uint32_t index;

	assert_int_equal(attack_tag(attack, str_from(tag), &index), ATTACK_TECHNIQUE);
	return attack->techniques[index].name_zh;
}

/* --- what is shipped ------------------------------------------------------------------------------------ */

static bool is_latin(struct str word)
{
	for (size_t i = 0; i < sizeof(latin) / sizeof(latin[0]); i++)
		if (str_eq(word, str_from(latin[i])))
			return true;
	return false;
}

/* ASCII and what UTF-8 writes in two bytes: all Latin letters, no Chinese ones. */
static size_t word_char(struct str rest)
{
	unsigned char c = (unsigned char)rest.ptr[0];

	if ((c & 0xe0) == 0xc0)
		return 2;
	return char_lower((char)c) >= 'a' && char_lower((char)c) <= 'z';
}

static size_t word_len(struct str text)
{
	size_t len = word_char(text), step;

	while (len && len < text.len) {
		char c = text.ptr[len];

		step = word_char(str_from_offset(text, len));
		if (!step && !char_is_digit(c) && c != '-' && c != '_')
			break;
		len += step ? step : 1;
	}
	return len;
}

static void check_words(const struct attack_technique *technique)
{
	struct str name = technique->name_zh;
	bool is_chinese = false;

	if (!name.len || !str_is_utf8(name))
		fail_msg("%.*s has no Chinese name", STR_FMT(technique->id));
	for (size_t i = 0, len; i < name.len; i += len ? len : 1) {
		unsigned char c = (unsigned char)name.ptr[i];

		len = word_len(str_from_offset(name, i));
		is_chinese |= c >= 0xe4 && c <= 0xe9; /* U+4E00 to U+9FFF, and some more */
		if (len && !is_latin(str_of(name.ptr + i, len)))
			fail_msg("%.*s: '%.*s' is not Chinese", STR_FMT(technique->id), (int)len,
				 name.ptr + i);
	}
	if (!is_chinese)
		fail_msg("%.*s: '%.*s' is not Chinese", STR_FMT(technique->id), STR_FMT(name));
}

static void test_all_in_chinese(void **state)
{
	struct lab *lab = *state;
	struct map *seen = map_new();

	assert_int_equal(attack_load(&lab->attack, shipped(lab), lab->arena, &lab->err), 0);
	assert_int_equal(attack_load_chinese(&lab->attack, shipped(lab), lab->arena, &lab->err), 0);
	assert_true(lab->attack.technique_count > 600);
	for (uint32_t i = 0; i < lab->attack.technique_count; i++) {
		const struct attack_technique *technique = &lab->attack.techniques[i];
		struct str key =
			arena_printf(lab->arena, "%u %.*s", technique->parent, STR_FMT(technique->name_zh));
		bool is_new;

		check_words(technique);
		map_put(seen, key, &is_new);
		if (!is_new)
			fail_msg("%.*s: '%.*s' is another's name", STR_FMT(technique->id),
				 STR_FMT(technique->name_zh));
	}
	map_free(seen);
	assert_true(str_eq(find_chinese(&lab->attack, "attack.t1110.003"), STR("口令喷洒")));
}

/* A name whose technique is no more is left over from an older ATT&CK. */
static void test_no_leftovers(void **state)
{
	struct lab *lab = *state;
	struct buf text = {0};
	struct str rest, line, id;
	uint32_t index;
	char path[4096];

	assert_int_equal(attack_load(&lab->attack, shipped(lab), lab->arena, &lab->err), 0);
	snprintf(path, sizeof(path), "%s/techniques.zh-CN.tsv", shipped(lab));
	assert_int_equal(io_read_file(path, 1 << 20, &text), 0);
	rest = buf_str(&text);
	while (str_split(&rest, '\n', &line)) {
		if (line.ptr[0] == '#' || str_starts(line, STR("id\t")))
			continue;
		assert_true(str_split(&line, '\t', &id));
		id = arena_printf(lab->arena, "attack.%.*s", STR_FMT(id));
		if (attack_tag(&lab->attack, id, &index) != ATTACK_TECHNIQUE)
			fail_msg("there is no %.*s", STR_FMT(id));
	}
	buf_done(&text);
}

/* --- any tables ----------------------------------------------------------------------------------------- */

#define TACTICS "id\tshortname\tname\nTA0006\tcredential-access\tCredential Access\n"
#define TECHNIQUES                                            \
	"# a comment\nid\tname\ttactics\n"                    \
	"T1110\tBrute Force\tcredential-access\n"             \
	"T1110.001\tPassword Guessing\tcredential-access\r\n" \
	"\nT1111\tInterception\tcredential-access\n"

static void load(struct lab *lab)
{
	put(lab, "tactics.tsv", TACTICS);
	put(lab, "techniques.tsv", TECHNIQUES);
	assert_int_equal(attack_load(&lab->attack, lab->folder, lab->arena, &lab->err), 0);
}

static void test_english_without(void **state)
{
	struct lab *lab = *state;

	load(lab);
	assert_true(attack_load_chinese(&lab->attack, lab->folder, lab->arena, &lab->err) < 0);
	assert_non_null(strstr(lab->err.file, "techniques.zh-CN.tsv"));
	put(lab, "techniques.zh-CN.tsv",
	    "# ours\nid\tname_zh\nT1110\t暴力破解\nT9999\t已撤销\n\nT1110.001\t口令猜测\r\n");
	assert_int_equal(attack_load_chinese(&lab->attack, lab->folder, lab->arena, &lab->err), 0);
	assert_true(str_eq(find_chinese(&lab->attack, "attack.t1110"), STR("暴力破解")));
	assert_true(str_eq(find_chinese(&lab->attack, "attack.t1110.001"), STR("口令猜测")));
	assert_int_equal(find_chinese(&lab->attack, "attack.t1111").len, 0);
	assert_true(str_eq(lab->attack.techniques[2].name, STR("Interception")));
	assert_int_equal(lab->attack.techniques[1].parent, 0);
	assert_int_equal(lab->attack.techniques[1].tactics, 1);
}

static const struct {
	const char *rows;
	int code;
} bad[] = {
	{"T1111", ERR_SYNTAX},
	{"T1111\t", ERR_SYNTAX},
	{"\t名称", ERR_SYNTAX},
	{"T1111\t名称\t多余", ERR_SYNTAX},
	{"T1111\t名\x01称", ERR_SYNTAX},
	{"T1111\t\xe5\x90", ERR_SYNTAX},
	{"T1110\t再说一次", ERR_DUPLICATE},
};

static void check_bad(struct lab *lab, const char *rows, int code)
{
	struct attack fresh;

	put(lab, "techniques.zh-CN.tsv",
	    arena_printf(lab->arena, "# ours\nT1110\t暴力破解\n%s\nT1110.001\t口令猜测\n", rows).ptr);
	lab->err = (struct err){0};
	assert_int_equal(attack_load(&fresh, lab->folder, lab->arena, &lab->err), 0);
	assert_int_equal(attack_load_chinese(&fresh, lab->folder, lab->arena, &lab->err), code);
	assert_int_equal(lab->err.line, 3);
	assert_non_null(strstr(lab->err.file, "techniques.zh-CN.tsv"));
	assert_true(str_eq(fresh.techniques[0].name_zh, STR("暴力破解")));
	assert_int_equal(fresh.techniques[1].name_zh.len, 0);
	attack_done(&fresh);
}

static void test_bad_line_has_a_place(void **state)
{
	struct lab *lab = *state;
	char row[400] = "T1111\t";

	load(lab);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		check_bad(lab, bad[i].rows, bad[i].code);
	memset(row + 6, 'x', 257);
	check_bad(lab, row, ERR_SYNTAX);
	row[6 + 256] = 0;
	put(lab, "techniques.zh-CN.tsv", row);
	assert_int_equal(attack_load_chinese(&lab->attack, lab->folder, lab->arena, &lab->err), 0);
}

static void test_bad_tables(void **state)
{
	struct lab *lab = *state;
	struct attack untouched = {.technique_count = 7};

	put(lab, "tactics.tsv", TACTICS);
	put(lab, "techniques.tsv", TECHNIQUES "T1110\tBrute Force\tcredential-access\n");
	assert_int_equal(attack_load(&untouched, lab->folder, lab->arena, &lab->err), ERR_DUPLICATE);
	assert_int_equal(lab->err.line, 7);
	put(lab, "techniques.tsv", TECHNIQUES "T1112\tModify Registry\n");
	assert_int_equal(attack_load(&untouched, lab->folder, lab->arena, &lab->err), ERR_SYNTAX);
	put(lab, "tactics.tsv", "TA0006\n");
	assert_int_equal(attack_load(&untouched, lab->folder, lab->arena, &lab->err), ERR_SYNTAX);
	assert_int_equal(lab->err.line, 1);
	assert_int_equal(untouched.technique_count, 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_all_in_chinese, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_no_leftovers, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_english_without, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_bad_line_has_a_place, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_bad_tables, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
