/** Where an instance is. */
export interface Place {
  region: string;
  instance: string;
}

/** Across regions RDS names a replica by its ARN, `arn:aws:rds:us-east-1:123456789012:db:chatbot-prod-east`. */
export function placeOf(name: string, region: string): Place {
  const [, , , ofArn, , , instance] = name.split(':');
  return ofArn !== undefined && instance !== undefined ? { region: ofArn, instance } : { region, instance: name };
}
