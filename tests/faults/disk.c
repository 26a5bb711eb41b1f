/* Stands between a process and its database's files: every write, truncation and sync of them is
   written to a stream in the order it was done, or fails where the board says so. The database is
   a file and those beside it, as SQLite's, or a folder (with a slash at its end), as PostgreSQL's;
   only a file's calls are recorded. Linux. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum kind { WRITE, TRUNCATE, SYNC };
enum { SECTOR = 512, PATH = 4096, KINDS = 3, FILES = 4 };

struct board {
    _Atomic int64_t armed;
    _Atomic int64_t countdown; /* calls until the one that fails */
    _Atomic int64_t error;
    _Atomic int64_t lasting; /* those behind it fail too */
    _Atomic int64_t kinds;   /* a bit each */
    _Atomic int64_t files;   /* a bit each */
    _Atomic int64_t failed[FILES][KINDS];
};

struct record {
    int64_t kind, file, offset, length;
};

static const char *const SUFFIXES[FILES] = {"", "-wal", "-shm", "-journal"};
static const char LOG[] = "pg_wal/";
static char database[PATH];
static struct board *board;
static int stream = -1;
static pthread_mutex_t order = PTHREAD_MUTEX_INITIALIZER;

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("FAULTY_DATABASE");
    const char *control = getenv("FAULTY_BOARD");
    const char *recorded = getenv("FAULTY_STREAM");
    if (!path || strlen(path) >= PATH)
        return;
    strcpy(database, path);
    if (control) {
        int fd = open(control, O_RDWR | O_CLOEXEC);
        void *shared = fd < 0 ? MAP_FAILED
                              : mmap(NULL, sizeof *board, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        if (shared == MAP_FAILED)
            abort();
        board = shared;
    }
    if (recorded && (stream = open(recorded, O_WRONLY | O_APPEND | O_CLOEXEC)) < 0)
        abort();
}

/* Which of the database's files a descriptor is; -1 for any other file. */
static int file_of(int fd) {
    char link[64] = "/proc/self/fd/", digits[16], target[PATH + 16];
    size_t begun = strlen(link), place = 0, length = strlen(database);
    if (!length || fd < 0)
        return -1;
    do
        digits[place++] = (char)('0' + fd % 10);
    while ((fd /= 10));
    while (place)
        link[begun++] = digits[--place];
    link[begun] = 0;
    ssize_t got = readlink(link, target, sizeof target - 1);
    if (got < (ssize_t)length)
        return -1;
    target[got] = 0;
    if (memcmp(target, database, length))
        return -1;
    const char *rest = target + length;
    if (database[length - 1] == '/') {
        /* What lies in the folder itself holds no data: the server's own log, its process. */
        if (!strchr(rest, '/'))
            return -1;
        return strncmp(rest, LOG, sizeof LOG - 1) ? 0 : 1;
    }
    for (int each = 0; each < FILES; each++)
        if (!strcmp(rest, SUFFIXES[each]))
            return each;
    return -1;
}

static int fails(enum kind kind, int file) {
    if (file < 0 || !board || !atomic_load(&board->armed))
        return 0;
    if (!(atomic_load(&board->kinds) & 1 << kind) || !(atomic_load(&board->files) & 1 << file))
        return 0;
    int64_t left = atomic_fetch_sub(&board->countdown, 1);
    if (left > 1 || (left < 1 && !atomic_load(&board->lasting)))
        return 0;
    atomic_fetch_add(&board->failed[file][kind], 1);
    return 1;
}

static int refuse(void) {
    errno = (int)atomic_load(&board->error);
    return -1;
}

static void note(enum kind kind, int file, int64_t offset, const void *data, int64_t length) {
    struct record head = {kind, file, offset, length};
    struct iovec parts[] = {{&head, sizeof head}, {(void *)data, data ? (size_t)length : 0}};
    ssize_t whole = (ssize_t)(parts[0].iov_len + parts[1].iov_len);
    if (syscall(SYS_writev, stream, parts, 2) != whole)
        abort();
}

static ssize_t written(int fd, const void *data, size_t length, int64_t offset, int placed) {
    int file = file_of(fd), saved;
    if (fails(WRITE, file)) {
        /* A disk that refuses may have taken a part. */
        size_t part = length / 2 / SECTOR * SECTOR;
        if (part && placed)
            (void)!syscall(SYS_pwrite64, fd, data, part, offset);
        return refuse();
    }
    int noted = file >= 0 && stream >= 0;
    if (noted) {
        pthread_mutex_lock(&order);
        if (!placed)
            offset = lseek(fd, 0, SEEK_CUR);
    }
    ssize_t done = placed ? syscall(SYS_pwrite64, fd, data, length, offset)
                          : syscall(SYS_write, fd, data, length);
    saved = errno;
    if (noted) {
        if (done > 0)
            note(WRITE, file, offset, data, done);
        pthread_mutex_unlock(&order);
    }
    errno = saved;
    return done;
}

static int done_to(int fd, enum kind kind, long call, int64_t length) {
    int file = file_of(fd), saved;
    if (fails(kind, file))
        return refuse();
    int noted = file >= 0 && stream >= 0;
    if (noted)
        pthread_mutex_lock(&order);
    int done = (int)(kind == TRUNCATE ? syscall(call, fd, length) : syscall(call, fd));
    saved = errno;
    if (noted) {
        if (done == 0)
            note(kind, file, length, NULL, 0);
        pthread_mutex_unlock(&order);
    }
    errno = saved;
    return done;
}

/* Calls that SQLite has no use for; a recording without them would lie. */
static int refused(int fd) {
    int file = file_of(fd);
    if (file >= 0 && stream >= 0)
        abort();
    return fails(WRITE, file);
}

ssize_t pwritev(int fd, const struct iovec *parts, int number, off_t offset) {
    if (!refused(fd))
        return syscall(SYS_pwritev, fd, parts, number, offset, 0);
    if (number > 1)
        (void)!syscall(SYS_pwrite64, fd, parts[0].iov_base, parts[0].iov_len, offset);
    return refuse();
}
ssize_t pwritev64(int fd, const struct iovec *parts, int number, off64_t offset) {
    return pwritev(fd, parts, number, offset);
}
int posix_fallocate(int fd, off_t offset, off_t length) {
    if (refused(fd))
        return (int)atomic_load(&board->error);
    return syscall(SYS_fallocate, fd, 0, offset, length) ? errno : 0;
}
int posix_fallocate64(int fd, off64_t offset, off64_t length) {
    return posix_fallocate(fd, offset, length);
}

ssize_t write(int fd, const void *data, size_t length) { return written(fd, data, length, 0, 0); }
ssize_t pwrite(int fd, const void *data, size_t length, off_t offset) {
    return written(fd, data, length, offset, 1);
}
ssize_t pwrite64(int fd, const void *data, size_t length, off64_t offset) {
    return written(fd, data, length, offset, 1);
}
int fsync(int fd) { return done_to(fd, SYNC, SYS_fsync, 0); }
int fdatasync(int fd) { return done_to(fd, SYNC, SYS_fdatasync, 0); }
int ftruncate(int fd, off_t length) { return done_to(fd, TRUNCATE, SYS_ftruncate, length); }
int ftruncate64(int fd, off64_t length) { return done_to(fd, TRUNCATE, SYS_ftruncate, length); }
