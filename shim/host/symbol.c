// SPDX-License-Identifier: GPL-2.0-only
/*
 * Names for code addresses, out of the program's own symbol table: dladdr()
 * does not know static functions, and most of the kernel's are.
 *
 * Works in a signal handler: no malloc(), no stdio streams.
 */
#include <elf.h>
#include <execinfo.h>
#include <fcntl.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "run.h"

/* The ELF class that this program is of. */
#define SYMBOL	ElfW(Sym)
#define HEADER	ElfW(Ehdr)
#define SECTION	ElfW(Shdr)
#define SEGMENT	ElfW(Phdr)

extern const char __ehdr_start[] __attribute__((visibility("hidden")));

static const char *file;	/* the whole program, mapped; NULL: not yet */
static const SYMBOL *symbols;
static size_t n_symbols;
static const char *names;
static uintptr_t bias;

static void find_symbols(void)
{
	const HEADER *eh = (const void *)file;
	const SECTION *sh = (const void *)(file + eh->e_shoff);
	const SEGMENT *ph = (const void *)(file + eh->e_phoff);
	unsigned int i;

	for (i = 0; i < eh->e_phnum; i++) {
		if (ph[i].p_type == PT_LOAD && !ph[i].p_offset) {
			bias = (uintptr_t)__ehdr_start - ph[i].p_vaddr;
			break;
		}
	}
	for (i = 0; i < eh->e_shnum; i++) {
		if (sh[i].sh_type != SHT_SYMTAB)
			continue;
		symbols = (const void *)(file + sh[i].sh_offset);
		n_symbols = sh[i].sh_size / sizeof(*symbols);
		names = file + sh[sh[i].sh_link].sh_offset;
	}
}

/*
 * The first backtrace() loads libgcc_s, which must not happen in a handler; the
 * map is made before a child's memory limit is.
 */
void symbol_init(void)
{
	void *frame[1];
	struct stat st;
	void *map;
	int fd;

	backtrace(frame, 1);
	fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	if (!fstat(fd, &st)) {
		map = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
		if (map != MAP_FAILED) {
			file = map;
			find_symbols();
		}
	}
	close(fd);
}

static const SYMBOL *find(uintptr_t addr)
{
	const SYMBOL *sym;

	for (sym = symbols; sym < symbols + n_symbols; sym++) {
		if (ELF64_ST_TYPE(sym->st_info) == STT_FUNC &&
		    addr - bias >= sym->st_value &&
		    addr - bias < sym->st_value + sym->st_size)
			return sym;
	}
	return NULL;
}

const char *lk_host_symbol(const void *addr, char *buf, size_t size)
{
	const SYMBOL *sym = find((uintptr_t)addr);

	if (sym)
		snprintf(buf, size, "%s+0x%lx", names + sym->st_name,
			 (unsigned long)((uintptr_t)addr - bias - sym->st_value));
	else
		snprintf(buf, size, "0x%lx", (unsigned long)(uintptr_t)addr);
	return buf;
}

/* Prints who called whom, from @pc up or, without it, from our caller's caller. */
void print_backtrace(int fd, void *pc)
{
	char name[256], before[256] = "", line[300];
	int i, n, first = 2, shown = 0;
	void *frame[64];

	n = backtrace(frame, ARRAY_LEN(frame));
	for (i = 0; i < n; i++)
		if (frame[i] == pc)
			first = i;
	for (i = first; i < n && shown < 16; i++) {
		/* A return address may lie behind the end of its function. */
		char *at = (char *)frame[i] - (frame[i] != pc);

		lk_host_symbol(at, name, sizeof(name));
		if (!strncmp(name, "lk_run_try+", 11) ||
		    !strncmp(name, "lk_kunit_run+", 13))
			return;
		if (!strcmp(name, before))
			continue;
		snprintf(before, sizeof(before), "%s", name);
		snprintf(line, sizeof(line), "  %s %s\n",
			 shown++ ? "by" : "in", name);
		if (write(fd, line, strlen(line)) < 0)
			return;
	}
}
