/** What a region's load balancer saw in one minute, as CloudWatch keeps it. */
export interface TrafficMinute {
  /** World time at which the minute began, epoch milliseconds. */
  at: number;
  requests: number;
  /** Answers with 5xx of the targets, and of the load balancer itself. */
  targetErrors: number;
  balancerErrors: number;
  /** Machine milliseconds of some of the answers, spread over the minute. */
  times: number[];
  /** Good reads and writes. */
  cacheHits: number;
  cacheMisses: number;
  writes: number;
}

/** One line that a pod wrote. */
export interface ApplicationLine {
  /** World time, epoch milliseconds. */
  at: number;
  pod: string;
  level: 'info' | 'error';
  message: string;
}
