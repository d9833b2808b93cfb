package io.ferrite.store.eviction;

/** The values of {@code maxmemory-policy}. */
public enum EvictionPolicy {
    NOEVICTION("noeviction", false, Order.NONE),
    ALLKEYS_LRU("allkeys-lru", true, Order.LRU),
    ALLKEYS_LFU("allkeys-lfu", true, Order.LFU),
    ALLKEYS_RANDOM("allkeys-random", true, Order.RANDOM),
    VOLATILE_LRU("volatile-lru", false, Order.LRU),
    VOLATILE_LFU("volatile-lfu", false, Order.LFU),
    VOLATILE_RANDOM("volatile-random", false, Order.RANDOM),
    VOLATILE_TTL("volatile-ttl", false, Order.TTL);

    /** What makes a key go before another. */
    enum Order {
        NONE,
        LRU,
        LFU,
        RANDOM,
        TTL
    }

    private final String configName;
    private final boolean allKeys;
    private final Order order;

    EvictionPolicy(String configName, boolean allKeys, Order order) {
        this.configName = configName;
        this.allKeys = allKeys;
        this.order = order;
    }

    public String configName() {
        return configName;
    }

    /** Whether keys without an expiry may go too. */
    public boolean isAllKeys() {
        return allKeys;
    }

    /** Whether keys go by the time of their last access. */
    public boolean isLru() {
        return order == Order.LRU;
    }

    /** Whether access bits must be LFU's. */
    public boolean isLfu() {
        return order == Order.LFU;
    }

    Order order() {
        return order;
    }
}
