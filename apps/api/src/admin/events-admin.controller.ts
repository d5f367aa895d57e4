import { Controller, Get, ServiceUnavailableException } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Roles } from '@app/auth';
import { EventsRepository } from '@app/events';
import { SkipRateLimit } from '@app/rate-limit';
import { problemSchema } from '../http/problem.dto.js';
import { eventsResponseSchema } from './events-admin.dto.js';

/** Shows the state of the event stream and its consumer groups. */
@ApiTags('admin')
@Roles('admin')
@Controller('v1/admin/events')
export class EventsAdminController {
  constructor(private readonly events: EventsRepository) {}

  @Get()
  @SkipRateLimit()
  @ApiOperation({ summary: 'Length of the event stream; pending and lag of each consumer group' })
  @ApiResponse({ status: 200, standardSchema: eventsResponseSchema })
  @ApiResponse({ status: 503, description: 'Redis did not respond', standardSchema: problemSchema })
  async standing() {
    const [length, groups] = await Promise.all([this.events.length(), this.events.groups()]);
    // Redis has no groups for a stream that does not exist yet.
    const answer = groups ?? (length === 0 ? [] : undefined);
    if (length === undefined || !answer)
      throw new ServiceUnavailableException('Redis did not answer. Ask again.');
    return { length, groups: answer };
  }
}
