/** `chatbot-prod in us-east-1`: how people and signatures name a database instance. */
export function instanceName({ region, instance }: { region: string; instance: string }): string {
  return `${instance} in ${region}`;
}
