package io.ferrite.server;

import io.ferrite.node.Environment;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * A thread that does turns of work, begun when it is first woken. A wake-up costs a call of the
 * system only when it sleeps.
 */
final class WorkerThread implements Environment.Worker {

    private static final int RUNNING = 0;
    private static final int ASLEEP = 1;
    private static final int WOKEN = 2;

    private final Environment.Work work;
    private final Thread thread;
    private final AtomicInteger state = new AtomicInteger(ASLEEP);
    private final AtomicBoolean started = new AtomicBoolean();
    private volatile boolean ended;

    WorkerThread(String name, Environment.Work work) {
        this.work = work;
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
    }

    private void run() {
        sleep(Environment.Work.IDLE);
        while (!ended) {
            long wait = work.turn();
            if (wait > 0) {
                sleep(wait);
            } else {
                state.set(RUNNING);
            }
        }
    }

    private void sleep(long nanos) {
        if (!state.compareAndSet(RUNNING, ASLEEP)) {
            // Woken since the last turn began, or new.
            if (state.compareAndSet(WOKEN, RUNNING)) {
                return;
            }
        }
        long end = nanos == Environment.Work.IDLE ? 0 : System.nanoTime() + nanos;
        while (state.get() == ASLEEP) {
            if (nanos == Environment.Work.IDLE) {
                LockSupport.park(this);
            } else {
                long left = end - System.nanoTime();
                if (left <= 0) {
                    break;
                }
                LockSupport.parkNanos(this, left);
            }
        }
        state.set(RUNNING);
    }

    @Override
    public void wake() {
        if (state.getAndSet(WOKEN) == ASLEEP) {
            if (started.compareAndSet(false, true)) {
                thread.start();
            } else {
                LockSupport.unpark(thread);
            }
        }
    }

    @Override
    public void end() {
        ended = true;
        wake();
    }
}
