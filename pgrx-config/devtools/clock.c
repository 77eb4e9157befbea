/* Preloaded into servers that run by another clock: the wall clock is moved by as many seconds as MOVED_SECONDS says. What measures
 * time that passes, like CLOCK_MONOTONIC, is left alone. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

static long moved(void)
{
	static long seconds;
	static int known;

	if (!known)
	{
		const char *text = getenv("MOVED_SECONDS");

		seconds = text ? atol(text) : 0;
		known = 1;
	}
	return seconds;
}

int clock_gettime(clockid_t clock, struct timespec *now)
{
	static int (*original)(clockid_t, struct timespec *);
	int result;

	if (!original)
		original = dlsym(RTLD_NEXT, "clock_gettime");
	result = original(clock, now);
	if (result == 0 && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE))
		now->tv_sec += moved();
	return result;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone)
{
	struct timespec precise;

	(void) zone;
	if (clock_gettime(CLOCK_REALTIME, &precise) != 0)
		return -1;
	now->tv_sec = precise.tv_sec;
	now->tv_usec = precise.tv_nsec / 1000;
	return 0;
}

time_t time(time_t *out)
{
	struct timespec now;

	if (clock_gettime(CLOCK_REALTIME, &now) != 0)
		return (time_t) -1;
	if (out)
		*out = now.tv_sec;
	return now.tv_sec;
}
